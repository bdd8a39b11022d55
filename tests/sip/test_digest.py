from __future__ import annotations

from dataclasses import replace

import pytest

from sip_edge.message import SipError, digest
from sip_edge.message.digest import Challenge, Credentials, Parameters

# RFC 7616 section 3.9.1
NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
OPAQUE = "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
RESPONSES = {
    "MD5": "8ca523f5e9506fed4657c9700eebdbec",
    "SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
}


@pytest.mark.parametrize("algorithm", RESPONSES)
def test_the_example_of_rfc_7616(algorithm: str) -> None:
    challenge = Challenge("http-auth@example.org", NONCE, algorithm, ("auth", "auth-int"), OPAQUE)
    made = digest.answer(challenge, "GET", "/dir/index.html", "Mufasa", "Circle of Life", CNONCE)
    assert made.response == RESPONSES[algorithm]
    again = Credentials.parse(str(made))
    assert again == made
    secret = digest.ha1(algorithm, "Mufasa", "http-auth@example.org", "Circle of Life")
    assert again.proves("GET", secret)
    assert not again.proves("POST", secret)
    assert not again.proves("GET", digest.ha1(algorithm, "Mufasa", "http-auth@example.org", "circle of life"))
    assert not replace(again, nc=2).proves("GET", secret)


def test_the_example_of_rfc_2617() -> None:
    challenge = Challenge("testrealm@host.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093")
    made = digest.answer(challenge, "GET", "/dir/index.html", "Mufasa", "Circle Of Life", "0a4f113b")
    assert made.response == "6629fae49393a05397450978507c4ef1"


def test_rfc_2069_without_qop() -> None:
    challenge = Challenge("r", "n", qop=())
    made = digest.answer(challenge, "REGISTER", "sip:h", "u", "p", "unused")
    assert (made.qop, made.nc, made.cnonce) == (None, None, None)
    a2 = digest.hashed("MD5", "REGISTER:sip:h")
    assert made.response == digest.hashed("MD5", f"{digest.ha1('MD5', 'u', 'r', 'p')}:n:{a2}")
    assert made.proves("REGISTER", digest.ha1("MD5", "u", "r", "p"))


@pytest.mark.parametrize("algorithm", ["MD5-sess", "SHA-256-sess", "SHA-512-256"])
def test_other_algorithms_go_both_ways(algorithm: str) -> None:
    if not digest.computable(algorithm):
        pytest.skip("this OpenSSL has no SHA-512/256")
    made = digest.answer(Challenge("r", "n", algorithm), "REGISTER", "sip:h", "u", "p", "c", nc=255)
    assert "nc=000000ff" in str(made)
    assert Credentials.parse(str(made)).proves("REGISTER", digest.ha1(algorithm, "u", "r", "p"))


def test_a_challenge_is_written_as_rfc_7616_asks() -> None:
    text = str(Challenge("pbx", "n1", "SHA-256", ("auth",), "o", stale=True, extra=Parameters((("charset", "UTF-8"),))))
    expected = 'Digest realm="pbx", nonce="n1", algorithm=SHA-256, qop="auth", opaque="o", stale=true, charset=UTF-8'
    assert text == expected
    assert Challenge.parse(text) == Challenge.parse(str(Challenge.parse(text)))


def test_a_challenge_without_qop_is_for_rfc_2069() -> None:
    text = 'Digest realm="r", nonce="n", algorithm=MD5'
    assert str(Challenge.parse(text)) == text
    assert Challenge.parse(text).qop == ()


def test_quotes_and_commas_inside_values() -> None:
    challenge = Challenge.parse('digest realm="a,b \\"c\\"",nonce="x" , qop="auth, auth-int",domain="sip:a sip:b"')
    assert (challenge.realm, challenge.qop, challenge.algorithm) == ('a,b "c"', ("auth", "auth-int"), "MD5")
    assert challenge.extra.get("domain") == "sip:a sip:b"
    assert 'domain="sip:a sip:b"' in str(challenge)


def test_what_old_phones_write_is_taken() -> None:
    text = 'Digest username="u",realm="r",nonce="n",uri="sip:h",response="AB",algorithm="md5",qop="auth",nc="1",'
    credentials = Credentials.parse(text)
    assert (credentials.response, credentials.algorithm, credentials.qop, credentials.nc) == ("ab", "MD5", "auth", 1)
    assert Credentials.parse(text.replace("md5", "MD5-SESS")).algorithm == "MD5-sess"


def test_unknown_parameters_are_kept() -> None:
    text = 'Digest username="u", realm="r", nonce="n", uri="sip:h", response="a", algorithm=MD5, userhash=true, x="y,z"'
    assert str(Credentials.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Digest",
        "Basic abc",
        'Digest realm="r"',
        'Digest realm="r, nonce="n"',
        "Digest x",
        "Digest x=",
        "Digest =y",
        'Digest realm="r" nonce="n"',
        'Digest realm="r", nonce="n", algorithm="a b"',
    ],
)
def test_bad_challenges(text: str) -> None:
    with pytest.raises(SipError) as error:
        Challenge.parse(text)
    assert error.value.code == 400


@pytest.mark.parametrize("drop", ["username", "realm", "nonce", "uri", "response"])
def test_credentials_without_a_part(drop: str) -> None:
    parts = [f'{name}="x"' for name in ("username", "realm", "nonce", "uri", "response") if name != drop]
    with pytest.raises(SipError, match=drop):
        Credentials.parse("Digest " + ", ".join(parts))


@pytest.mark.parametrize("count", ["", "xyz", "123456789", "-1", "0x1"])
def test_bad_nonce_counts(count: str) -> None:
    with pytest.raises(SipError, match=r"nc|well formed"):
        Credentials.parse(f'Digest username="u",realm="r",nonce="n",uri="sip:h",response="a",nc={count}')


def test_what_we_do_not_compute_proves_nothing() -> None:
    good = Credentials("u", "r", "n", "sip:h", "x")
    for changed in (replace(good, algorithm="CRC"), replace(good, qop="auth-int"), replace(good, qop="auth")):
        assert not changed.proves("REGISTER", "secret")
    with pytest.raises(ValueError, match="does not compute"):
        digest.answer(Challenge("r", "n", "CRC"), "REGISTER", "sip:h", "u", "p", "c")
    with pytest.raises(ValueError, match="does not compute"):
        digest.answer(Challenge("r", "n", qop=("auth-int",)), "REGISTER", "sip:h", "u", "p", "c")


def test_the_strongest_challenge_we_can_answer() -> None:
    values = [
        "Basic x",
        "Digest broken",
        str(Challenge("r", "n", "CRC")),
        str(Challenge("r", "n", "SHA-256")),
        "Digest",
    ]
    chosen = digest.strongest(values)
    assert chosen is not None and chosen.algorithm == "SHA-256"
    assert digest.strongest(values[:3]) is None


def test_offers_pass_other_schemes_over() -> None:
    text = str(Credentials("u", "r", "n", "sip:h", "aa"))
    assert [offer.username for offer in digest.offers(["Bearer x", text])] == ["u"]
    with pytest.raises(SipError):
        digest.offers(["Digest broken"])
    with pytest.raises(SipError):
        digest.offers(['"'])


def test_the_response_stays_out_of_reprs() -> None:
    assert "s3cr3t" not in repr(Credentials("u", "r", "n", "sip:h", "s3cr3t"))
