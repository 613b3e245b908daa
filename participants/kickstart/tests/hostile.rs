//! Texts made to hang, to panic or to eat memory.

use std::time::{Duration, Instant};

use img_kickstart::{Kickstart, check, expand_tokens, tokens};

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
        let _ = (ks.repos(), ks.packages(), ks.partitions(), ks.scripts(), ks.services(), ks.bootloader());
        let _ = (tokens(&text), expand_tokens(&text, &[("A".into(), "B".into())]));
        ks.add_packages(&["vim"]).unwrap();
        ks.add_repo("new", "http://repo.example/", &[]).unwrap();
        let took = start.elapsed();
        assert!(took < ENOUGH, "{what} took {took:?}");
        println!("{what}: {took:?}");
    }
}
