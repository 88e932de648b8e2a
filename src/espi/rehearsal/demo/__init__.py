"""The demo: one whole wave of a fictional nation, through the real programs over real HTTP.

It starts the processes as an operator would, gives them their settings, runs the commands of each
step in order, and tells what came of it. It imports neither bank.
"""
