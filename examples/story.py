#!/usr/bin/env python3
"""The well-known story with Python's requests: register, guess, log in, look, log out, reset, log in again.

Run it with `python3 examples/story.py [address]` while a service runs.
Each run needs a database that has not heard the story yet.
"""
import sys

import requests

ADDRESS = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:5000"
EMAIL = "guillaume@holberton.io"
PASSWORD = "b4l0u"
NEW_PASSWORD = "t4rt1fl3tt3"


def step(name: str, answer: requests.Response, expected: int) -> requests.Response:
    """Print a step and what came of it, and stop the story when that is not what it should be."""
    print(f"{name}: {answer.status_code}")
    if answer.status_code != expected:
        sys.exit(f"expected {expected}")
    return answer


def tell() -> None:
    """Tell the story. The session keeps the cookie, as a browser would."""
    session = requests.Session()
    fields = {"email": EMAIL, "password": PASSWORD}
    registered = step("register", session.post(f"{ADDRESS}/users", data=fields), 200)
    assert registered.json() == {"email": EMAIL, "message": "user created"}
    guess = {"email": EMAIL, "password": NEW_PASSWORD}
    step("guess a password", session.post(f"{ADDRESS}/sessions", data=guess), 401)
    step("profile, logged out", session.get(f"{ADDRESS}/profile"), 403)
    logged_in = step("log in", session.post(f"{ADDRESS}/sessions", data=fields), 200)
    assert logged_in.json() == {"email": EMAIL, "message": "logged in"}
    profile = step("profile, logged in", session.get(f"{ADDRESS}/profile"), 200)
    assert profile.json() == {"email": EMAIL}
    step("log out", session.delete(f"{ADDRESS}/sessions", allow_redirects=False), 302)
    asked = step("ask for a reset token", session.post(f"{ADDRESS}/reset_password", data={"email": EMAIL}), 200)
    fields = {"email": EMAIL, "reset_token": asked.json()["reset_token"], "new_password": NEW_PASSWORD}
    updated = step("set a new password", session.put(f"{ADDRESS}/reset_password", data=fields), 200)
    assert updated.json() == {"email": EMAIL, "message": "Password updated"}
    step("log in", session.post(f"{ADDRESS}/sessions", data=guess), 200)
    print("the story is told")


if __name__ == "__main__":
    tell()
