"""The front of every served program: reads each request whole before a thread is taken for it.

The programs are WSGI applications and run in threads. A thread must never wait for a visitor who
sends or reads slowly, so requests are received and answers are sent by an event loop, under limits
of length and time that each route names (``limits.py``).
"""
