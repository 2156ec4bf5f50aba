"""Tasks that no worker should have been given, and some that it should."""

import os
import time
from pathlib import Path


def raises():
    raise ValueError("poison")


def dies():
    os._exit(9)


def sleeps():
    time.sleep(3600)


def good(path: str, number: int):
    with Path(path).open("a", encoding="utf-8") as done:
        done.write(f"{number}\n")


def slow(path: str, seconds: float):
    with Path(path).open("a", encoding="utf-8", buffering=1) as done:
        done.write("begun\n")
        time.sleep(seconds)
        done.write("ended\n")
