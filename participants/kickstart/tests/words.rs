//! Words are those of Python's shlex.

use img_kickstart::words::{Fault, LONGEST, split};

/// Line, words; checked against `shlex.split(line, comments=True)` of Python 3.
const SAME_AS_PYTHON: &[(&str, &[&str])] = &[
    ("", &[]),
    ("   \t ", &[]),
    ("# all of it", &[]),
    ("part / --size=400", &["part", "/", "--size=400"]),
    ("part\t/\r", &["part", "/"]),
    ("a 'b c' d", &["a", "b c", "d"]),
    ("a \"b c\" d", &["a", "b c", "d"]),
    (r#"--append="quiet splash""#, &["--append=quiet splash"]),
    (r#"a"b"'c'd"#, &["abcd"]),
    (r#""" ''"#, &["", ""]),
    (r"a\ b", &["a b"]),
    (r"\#a", &["#a"]),
    (r#""\$x \" \\ \n""#, &[r#"\$x " \ \n"#]),
    (r"'\$x'", &[r"\$x"]),
    ("us# Root", &["us"]),
    ("$6$ab#cd", &["$6$ab"]),
    ("'$6$ab#cd'", &["$6$ab#cd"]),
    ("\"a\"#b", &["a"]),
    ("a\u{a0}b é", &["a\u{a0}b", "é"]),
    ("a\u{b}b", &["a\u{b}b"]),
    ("\\é x", &["é", "x"]),
];

#[test]
fn words_are_those_of_python() {
    for (line, words) in SAME_AS_PYTHON {
        let (found, fault) = split(line, 0);
        let found: Vec<&str> = found.iter().map(|word| word.text.as_ref()).collect();
        assert_eq!((found.as_slice(), fault), (*words, None), "{line:?}");
    }
}

#[test]
fn a_word_knows_where_it_was_written() {
    let (words, _) = split(r#"repo --name="a b""#, 100);

    assert_eq!(words[1].raw, r#"--name="a b""#);
    assert_eq!(words[1].span(), 105..117);
}

#[test]
fn what_cannot_be_split_is_a_fault_with_its_place() {
    let long = "x ".repeat(LONGEST);
    let table: &[(&str, usize, Fault)] = &[
        ("a 'b", 1, Fault::OpenQuote(2)),
        ("a b\"c", 1, Fault::OpenQuote(3)),
        ("a \"b\\", 1, Fault::OpenQuote(2)),
        ("a b \\", 2, Fault::LoneBackslash(4)),
        (&long, 0, Fault::TooLong(0)),
    ];
    for (line, words, fault) in table {
        let (found, found_fault) = split(line, 0);
        assert_eq!(
            (found.len(), found_fault.as_ref()),
            (*words, Some(fault)),
            "{}",
            &line[..line.len().min(20)]
        );
    }
}

#[test]
fn a_byte_that_is_no_text_is_a_fault_unless_it_stands_in_a_comment() {
    let table: &[(&[u8], &[&str], Option<Fault>)] = &[
        (b"lang C # \xff", &["lang", "C"], None),
        (b"lang C#\xff", &["lang", "C"], None),
        (b"lang \xff", &["lang"], Some(Fault::NotUtf8(5))),
        (b"lang a\xff b", &["lang"], Some(Fault::NotUtf8(6))),
        (b"lang 'a\xff' b", &["lang"], Some(Fault::NotUtf8(7))),
        (b"lang '#' \xff", &["lang", "#"], Some(Fault::NotUtf8(9))),
        (b"\xff", &[], Some(Fault::NotUtf8(0))),
    ];
    for (line, words, fault) in table {
        let (found, found_fault) = split(line, 0);
        let found: Vec<&str> = found.iter().map(|word| word.text.as_ref()).collect();
        assert_eq!((found.as_slice(), &found_fault), (*words, fault), "{line:?}");
    }
}
