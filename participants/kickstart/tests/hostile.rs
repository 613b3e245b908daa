//! Texts made to hang, to panic or to eat memory.

use std::time::{Duration, Instant};

use img_kickstart::{Kickstart, NewRepo, check, expand_tokens, tokens};

/// Far more than needed, also in a debug build on a busy machine; what is not linear takes minutes.
const ENOUGH: Duration = Duration::from_secs(30);

fn hostile() -> Vec<(&'static str, String)> {
    let big = 5 << 20;
    vec![
        ("one word of 5 MB", "x".repeat(big)),
        ("5 MB of words", "x ".repeat(big / 2)),
        ("5 MB of quotes", "'".repeat(big)),
        ("5 MB of backslashes", "\\".repeat(big)),
        ("5 MB of percent signs", "%".repeat(big)),
        ("5 MB of at signs", "@".repeat(big)),
        ("a line of unknown options", format!("part / {}", "--what ".repeat(140_000))),
        ("a line of wrong values", format!("part / {}", "--size=x ".repeat(110_000))),
        ("a long name", format!("{} {}", "b".repeat(900_000), "--x=y".repeat(1000))),
        ("a long option", format!("part --{}=1", "b".repeat(900_000))),
        ("NUL bytes", "\0".repeat(100_000) + "\n\0part / --size=\0\n%pac\0kages\n\0\n%end\n"),
        ("100,000 sections", "%post\n%end\n".repeat(100_000)),
        ("100,000 sections without end", "%post\n".repeat(100_000)),
        ("100,000 unknown sections", "%what\n%end\n".repeat(100_000)),
        ("100,000 stray ends", "%end\n".repeat(100_000)),
        ("100,000 unknown commands", "bootlaoder\n".repeat(100_000)),
        ("100,000 carriage returns", "#\r\n\r".repeat(100_000)),
        ("10,000 repositories", (0..10_000).map(|n| format!("repo --name={n} --baseurl=b\n")).collect()),
        (
            "100,000 packages",
            format!("%packages\n{}%end\n", (0..100_000).map(|n| format!("p{n}\n")).collect::<String>()),
        ),
        ("100,000 lines of a script", format!("%post\n{}%end\n", "%include x\n%endless\n".repeat(50_000))),
        ("100,000 options", format!("services {}\n", "--enabled=a ".repeat(80_000))),
        ("one package in and out", format!("%packages\n{}%end\n", "a\n-a\n".repeat(50_000))),
        ("a package of 5 MB", format!("%packages\n{}\n%end\n", "a ".repeat(big / 2))),
    ]
}

#[test]
fn hostile_texts_are_read_checked_and_changed_in_time() {
    for (what, text) in hostile() {
        let start = Instant::now();
        let mut ks = Kickstart::parse(&text);
        assert!(ks.as_bytes() == text.as_bytes(), "{what}");
        for found in check(&ks).iter().take(3) {
            assert!(found.render("a.ks", &text).len() < 10_000, "{what}");
            assert!(found.one_line("a.ks").len() < 10_000, "{what}");
        }
        let _ = (
            ks.repos(),
            ks.packages(),
            ks.partitions(),
            ks.btrfs(),
            ks.scripts(),
            ks.services(),
            ks.bootloader(),
        );
        let _ = (tokens(&text), expand_tokens(&text, &[("A".into(), "B".into())]));
        ks.add_packages(&["vim"]).unwrap();
        ks.add_repo("new", "http://repo.example/", &[]).unwrap();
        let took = start.elapsed();
        assert!(took < ENOUGH, "{what} took {took:?}");
        println!("{what}: {took:?}");
    }
}

/// Bytes made by a rule, so that they need not be kept.
fn bytes_that_are_no_text() -> Vec<u8> {
    let mut bytes = b"lang C # \xff\n%post\n".to_vec();
    bytes.extend(
        (0..1_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).filter(|b| *b != b'%'),
    );
    bytes.extend_from_slice(b"\n%end\n\xfe\xff --x\n%packages\n\x80\xc3\n%end\n\xf0");
    bytes
}

#[test]
fn bytes_that_are_no_text_are_kept_and_checked_in_time() {
    let bytes = bytes_that_are_no_text();
    let start = Instant::now();
    let mut ks = Kickstart::parse(&bytes);
    assert!(ks.as_bytes() == bytes);
    let found = check(&ks);
    let codes: Vec<&str> = found.iter().map(|found| found.code).collect();
    assert!(codes.iter().filter(|code| **code == "not-utf8").count() == 3, "{codes:?}");
    assert!(found.iter().all(|found| found.render("a.ks", &bytes).len() < 10_000));
    ks.add_packages(&["vim"]).unwrap();
    assert_eq!(ks.as_bytes().len(), bytes.len() + "vim\n".len());
    assert!(start.elapsed() < ENOUGH);
}

/// A line of 100 MB, as a command, in a script, in a list, in a comment, and in an option.
#[test]
fn lines_of_a_hundred_megabytes_take_their_own_memory_and_little_time() {
    let big = 100 << 20;
    for (before, with, after) in [
        ("", b'x', ""),
        ("%post\n", b'\\', "\n%end\n"),
        ("%post\n%", b'\r', "\n%end\n"),
        ("%packages\n", b'a', "\n%end\n"),
        ("# ", b' ', "\nlang C\n"),
        ("bootloader --append=\"", b'\'', "\"\n"),
        ("", b'\0', ""),
    ] {
        let mut text = before.as_bytes().to_vec();
        text.resize(text.len() + big, with);
        text.extend_from_slice(after.as_bytes());
        let start = Instant::now();
        let ks = Kickstart::parse(&text);
        let found = check(&ks);
        assert!(found.len() < 5 && found.iter().all(|found| found.one_line("a").len() < 1000), "{before:?}");
        assert_eq!(ks.into_bytes().len(), text.len());
        assert!(start.elapsed() < ENOUGH, "{before:?} took {:?}", start.elapsed());
        println!("{before:?} and 100 MB: {:?}", start.elapsed());
    }
}

#[test]
fn ten_thousand_repositories_are_added_in_time() {
    let names: Vec<String> = (0..10_000).map(|number| format!("r{number}")).collect();
    let repos: Vec<NewRepo<'_>> = names
        .iter()
        .map(|name| NewRepo { name, url: "http://repo.example/", options: &["--save"] })
        .collect();
    let start = Instant::now();
    let mut ks = Kickstart::parse("lang C\n");
    assert_eq!(ks.add_repos(&repos), Ok(true));
    assert_eq!(ks.add_repos(&repos), Ok(false));
    assert_eq!(ks.repos().len(), 10_000);
    assert_eq!(ks.differences(&ks.formatted()), []);
    assert!(start.elapsed() < ENOUGH);
}

/// What is twice as long takes about twice as long.
#[test]
fn cost_grows_with_size_and_not_faster() {
    let text = |lines: usize| -> String {
        let repos =
            (0..lines).map(|n| format!("repo --name=r{n} --baseurl=http://r/{n}\nuser --name=u{n}\n"));
        let packages = (0..lines).map(|n| format!("p{n}\n"));
        repos.chain(["%packages\n".to_owned()]).chain(packages).chain(["%end\n".to_owned()]).collect()
    };
    let took = |text: &str| {
        let rounds = (0..5).map(|_| {
            let start = Instant::now();
            let mut ks = Kickstart::parse(text);
            assert_eq!(check(&ks).len(), 0);
            ks.set("user --name=u1 --uid=7").unwrap();
            ks.remove_packages(&["p1"]).unwrap();
            ks.remove_repo("r1").unwrap();
            let formatted = ks.formatted();
            assert_eq!(ks.differences(&formatted), []);
            start.elapsed()
        });
        rounds.min().unwrap()
    };
    let (small, large) = (took(&text(500)), took(&text(8000)));
    // sixteen times the size; far below the 256 times of a square, far above the noise of a busy machine
    assert!(large < small * 64, "{small:?} grew to {large:?}");
}
