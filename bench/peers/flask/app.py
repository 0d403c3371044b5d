"""The original as it is taught: Flask, SQLAlchemy and bcrypt on SQLite, session ids in a column without an index.

It is written anew after the description of its behaviour, with what the session check and the login need.
The database is the file named by BENCH_DATABASE; BENCH_PEOPLE people are in it from the start.
"""
import os
import uuid

import bcrypt
from flask import Flask, abort, jsonify, request
from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy.orm import declarative_base, sessionmaker
from sqlalchemy.orm.exc import NoResultFound

Base = declarative_base()


class User(Base):
    """A person, with all that is known of them in one row."""

    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    email = Column(String(250), nullable=False)
    hashed_password = Column(String(250), nullable=False)
    session_id = Column(String(250), nullable=True)
    reset_token = Column(String(250), nullable=True)


class DB:
    """The storage: one file, and one session of SQLAlchemy for all requests."""

    def __init__(self, path: str) -> None:
        """Opens the file and makes its tables."""
        engine = create_engine(f"sqlite:///{path}")
        Base.metadata.create_all(engine)
        self._session = sessionmaker(bind=engine)()

    def fill(self, people: int) -> None:
        """Adds so many people at once, each with a session of their own."""
        missing = range(self._session.query(User).count(), people)
        rows = [{"email": f"p{i}@example.com", "hashed_password": "-", "session_id": str(uuid.uuid4())} for i in missing]
        self._session.bulk_insert_mappings(User, rows)
        self._session.commit()

    def add_user(self, email: str, hashed_password: bytes) -> User:
        """Stores a person."""
        user = User(email=email, hashed_password=hashed_password)
        self._session.add(user)
        self._session.commit()
        return user

    def find_user_by(self, **attributes: object) -> User:
        """Finds the first person with these attributes; NoResultFound when there is none."""
        user = self._session.query(User).filter_by(**attributes).first()
        if user is None:
            raise NoResultFound
        return user

    def update_user(self, user_id: int, **attributes: object) -> None:
        """Changes a person."""
        user = self.find_user_by(id=user_id)
        for name, value in attributes.items():
            setattr(user, name, value)
        self._session.commit()


db = DB(os.environ["BENCH_DATABASE"])
people = int(os.environ["BENCH_PEOPLE"])
app = Flask(__name__)


@app.post("/users")
def register() -> object:
    """Registers a person."""
    email = request.form["email"]
    try:
        db.find_user_by(email=email)
    except NoResultFound:
        db.add_user(email, bcrypt.hashpw(request.form["password"].encode(), bcrypt.gensalt()))
        return jsonify({"email": email, "message": "user created"})
    return jsonify({"message": "email already registered"}), 400


@app.post("/sessions")
def log_in() -> object:
    """Logs a person in."""
    email = request.form["email"]
    try:
        user = db.find_user_by(email=email)
    except NoResultFound:
        abort(401)
    if not bcrypt.checkpw(request.form["password"].encode(), user.hashed_password):
        abort(401)
    session_id = str(uuid.uuid4())
    db.update_user(user.id, session_id=session_id)
    answer = jsonify({"email": email, "message": "logged in"})
    answer.set_cookie("session_id", session_id)
    return answer


@app.get("/profile")
def profile() -> object:
    """The session check."""
    session_id = request.cookies.get("session_id")
    if session_id is None:
        abort(403)
    try:
        return jsonify({"email": db.find_user_by(session_id=session_id).email})
    except NoResultFound:
        abort(403)


@app.post("/bench/fill")
def fill() -> object:
    """Adds the other half of the people, so that whoever registered before stands in the middle."""
    db.fill(people)
    return jsonify({})


db.fill(people // 2)
