"""The RSA private operation of OpenSSL itself: blinded, constant in time, checked for faults.

``cryptography`` offers no raw operation, and Python's own arithmetic leaks the key through time
(measured; see docs/decisions). This is the only module that holds a private exponent.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from functools import cache, lru_cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

NO_PADDING = 3  # RSA_NO_PADDING in <openssl/rsa.h>


class SignerFault(RuntimeError):
    """OpenSSL is missing, refused the operation, or gave a wrong result; nothing was signed."""


@cache
def library() -> ctypes.CDLL:
    """Return the system's libcrypto, version 3, ready to be called.

    Raises:
        SignerFault: the system has none.
    """
    refused = []
    for name in filter(None, ("libcrypto.so.3", ctypes.util.find_library("crypto"))):
        try:
            return _declared(ctypes.CDLL(name))
        except (OSError, AttributeError) as error:  # absent, or older than version 3
            refused.append(str(error))
    raise SignerFault(f"OpenSSL's libcrypto was not found: {'; '.join(refused)}")


def _declared(loaded: ctypes.CDLL) -> ctypes.CDLL:
    """Return the library with the types of the functions that are called.

    Without them ctypes would cut pointers to 32 bits.
    """
    pointer, size = ctypes.c_void_p, ctypes.c_size_t
    for function, result, arguments in (
        ("BIO_new_mem_buf", pointer, [ctypes.c_char_p, ctypes.c_int]),
        ("BIO_free", ctypes.c_int, [pointer]),
        ("PEM_read_bio_PrivateKey", pointer, [pointer, pointer, pointer, pointer]),
        ("EVP_PKEY_free", None, [pointer]),
        ("EVP_PKEY_CTX_new", pointer, [pointer, pointer]),
        ("EVP_PKEY_CTX_free", None, [pointer]),
        ("EVP_PKEY_decrypt_init", ctypes.c_int, [pointer]),
        ("EVP_PKEY_CTX_set_rsa_padding", ctypes.c_int, [pointer, ctypes.c_int]),
        (
            "EVP_PKEY_decrypt",
            ctypes.c_int,
            [pointer, ctypes.c_char_p, ctypes.POINTER(size), ctypes.c_char_p, size],
        ),
    ):
        call = getattr(loaded, function)
        call.restype, call.argtypes = result, arguments
    return loaded


class PrivateKey:
    """A signing key inside OpenSSL, freed with this object.

    Attributes:
        modulus: n.
        exponent: the public exponent e.
        size: length of n in bytes.
    """

    def __init__(self, pem: bytes) -> None:
        loaded = serialization.load_pem_private_key(pem, password=None)
        if not isinstance(loaded, rsa.RSAPrivateKey):
            raise SignerFault("the signing key is not an RSA key")
        numbers = loaded.public_key().public_numbers()
        self.modulus, self.exponent, self.size = numbers.n, numbers.e, loaded.key_size // 8
        crypto = library()
        self._free = crypto.EVP_PKEY_free  # at hand even when the interpreter ends
        bio = crypto.BIO_new_mem_buf(pem, len(pem))
        self._key = crypto.PEM_read_bio_PrivateKey(bio, None, None, None)
        crypto.BIO_free(bio)
        if not self._key:
            raise SignerFault("OpenSSL cannot read the signing key")

    def __del__(self) -> None:
        if getattr(self, "_key", None):
            self._free(self._key)

    def raw(self, block: bytes) -> bytes:
        """Apply the private operation to a block as long as the modulus.

        Raises:
            SignerFault: OpenSSL refused.
        """
        crypto = library()
        context = crypto.EVP_PKEY_CTX_new(self._key, None)
        out = ctypes.create_string_buffer(self.size)
        length = ctypes.c_size_t(self.size)
        try:
            if (
                crypto.EVP_PKEY_decrypt_init(context) != 1
                or crypto.EVP_PKEY_CTX_set_rsa_padding(context, NO_PADDING) != 1
                or crypto.EVP_PKEY_decrypt(context, out, ctypes.byref(length), block, len(block))
                != 1
            ):
                raise SignerFault("OpenSSL refused the private operation")
        finally:
            crypto.EVP_PKEY_CTX_free(context)
        return out.raw[: length.value]


@lru_cache(maxsize=4096)  # more keys than a national wave has
def load(pem: bytes) -> PrivateKey:
    """Return a key, read once: reading and checking it takes fifty times as long as signing.

    ``load.cache_clear()`` forgets every key, as the closing of a wave demands.
    """
    return PrivateKey(pem)
