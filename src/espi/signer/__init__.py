"""The signer: signs once per invitation, blindly. It knows hashes of invitations, never names.

It may live in the registry's process, or in one of its own on another body's machine: then the
registry cannot sign for people who were never invited, nor twice for one who was. No Django, and
no database but its own file.
"""
