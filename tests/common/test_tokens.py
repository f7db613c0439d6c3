import string

from hypothesis import given
from hypothesis import strategies as st

from common import tokens

CODE = "abcdefghjk"
ALPHABET = string.ascii_letters + string.digits + "-_="


@given(st.integers(0, 33), st.sampled_from(ALPHABET))
def test_every_altered_character_is_refused(position, character):
    token = tokens.make("confirm", CODE)
    altered = token[:position] + character + token[position + 1 :]
    assert tokens.matches(altered, "confirm", CODE) == (altered == token)


@given(st.text(max_size=60))
def test_nothing_but_the_token_is_taken(text):
    assert not tokens.matches(text, "confirm", CODE) or text == tokens.make("confirm", CODE)


def test_a_token_serves_one_purpose_one_row_and_one_epoch():
    token = tokens.make("mine", CODE, 3)
    assert tokens.matches(token, "mine", CODE, 3)
    assert not tokens.matches(token, "confirm", CODE, 3)
    assert not tokens.matches(token, "mine", CODE, 4)
    assert not tokens.matches(token, "mine", "zzzzzzzzzz", 3)


def test_links_survive_a_change_of_the_secret_key(settings):
    token = tokens.make("mine", CODE)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "newer"
    assert tokens.matches(token, "mine", CODE)
    settings.SECRET_KEY_FALLBACKS = []
    assert not tokens.matches(token, "mine", CODE)


def test_a_proof_has_144_bits():
    assert len(tokens.make("mine", CODE)) == tokens.CODE_LENGTH + 18 * 8 // 6


def test_codes_look_like_codes():
    assert all(tokens.looks_like_code(tokens.new_code()) for _ in range(100))
    assert not tokens.looks_like_code("1lI0oOabcd")
    assert not tokens.looks_like_code("abc")
