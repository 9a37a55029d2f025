"""Ed25519 as RFC 8032, section 5.1, writes it, without a line of ours or of OpenSSL, slowly."""

import hashlib

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
ORDER = 2**252 + 27742317777372353535851937790883648493


def x_of(y, odd):
    """The x of a point, or None where there is none."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and odd):
        return None
    return P - x if x % 2 != odd else x


def add(first, second):
    (a, b), (c, d) = first, second
    part = D * a * b * c * d
    return ((a * d + b * c) * pow(1 + part, -1, P) % P, (b * d + a * c) * pow(1 - part, -1, P) % P)


def times(number, point):
    total = (0, 1)
    while number:
        if number & 1:
            total = add(total, point)
        point, number = add(point, point), number >> 1
    return total


BASE = (x_of(4 * pow(5, -1, P) % P, 0), 4 * pow(5, -1, P) % P)


def encoded(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def decoded(key):
    """The point, or None where the 32 bytes are none (section 5.1.3)."""
    number = int.from_bytes(key, "little")
    y = number & (1 << 255) - 1
    x = x_of(y, number >> 255) if y < P else None
    return None if x is None else (x, y)


def public_of(secret):
    head = bytearray(hashlib.sha512(secret).digest()[:32])
    head[0] &= 248
    head[31] = head[31] & 127 | 64
    return encoded(times(int.from_bytes(head, "little"), BASE))


def good(key):
    """A point whose order does not divide 8."""
    point = decoded(key)
    return point is not None and times(8, point) != (0, 1)
