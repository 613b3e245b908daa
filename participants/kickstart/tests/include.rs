//! Included files: followed only when somebody reads them, in their order, within limits.

use std::collections::HashMap;

use img_kickstart::{Found, IncludeError, IncludeFault, Kickstart, Limits, Reference, Rules};

/// The main file, other files by name, and what comes of it.
type Row = (&'static str, &'static [(&'static str, &'static str)], &'static str);

/// Files by the names they are asked for.
fn library<'a>(files: &'a [(&'a str, &'a str)]) -> impl FnMut(&Reference<'_>) -> Result<Found, String> + 'a {
    let files: HashMap<&str, &str> = files.iter().copied().collect();
    move |wanted| match files.get(wanted.name) {
        Some(text) => Ok(Found { name: wanted.name.to_owned(), text: text.as_bytes().to_vec() }),
        None => Err("there is no such file".to_owned()),
    }
}

fn flat(main: &str, files: &[(&str, &str)]) -> Result<String, IncludeError> {
    let flat = Kickstart::parse(main).flatten("main.ks", &Limits::default(), library(files))?;
    Ok(flat.kickstart().to_string())
}

#[test]
fn the_text_of_a_file_stands_where_it_was_named() {
    const TABLE: &[Row] = &[
        ("lang C\n", &[], "lang C\n"),
        ("a\n%include b\nc\n", &[("b", "x\ny\n")], "a\nx\ny\nc\n"),
        ("a\n%include b\nc\n", &[("b", "x")], "a\nx\nc\n"),
        ("a\r\n%include b\r\nc\r\n", &[("b", "x")], "a\r\nx\r\nc\r\n"),
        ("%include b", &[("b", "x")], "x"),
        ("%include b\nz\n", &[("b", "")], "z\n"),
        ("%ksappend 'a b' # c\nz\n", &[("a b", "x\n")], "x\nz\n"),
        ("%packages\n%include b\n%end\n", &[("b", "vim\n# c\n")], "%packages\nvim\n# c\n%end\n"),
        ("%post\n  %include b\n%end\n", &[("b", "true\n")], "%post\ntrue\n%end\n"),
        ("%include a\n%include a\n", &[("a", "%include b\n"), ("b", "x\n")], "x\nx\n"),
        ("%include http://h/x?y=1#z\n", &[("http://h/x?y=1", "x\n")], "x\n"),
        ("# %include b\n%includes b\n", &[], "# %include b\n%includes b\n"),
        ("'%include' b\n%inc\"lude\" b\n%%include b\n", &[("b", "x\n")], "x\nx\n%%include b\n"),
        ("\u{a0}%include b\n\u{b}%include b\n", &[("b", "x\n")], "\u{a0}%include b\n\u{b}%include b\n"),
        ("%post\n\u{a0} %include b\n%end\n", &[("b", "x\n")], "%post\n\u{a0} %include b\n%end\n"),
        ("%post\n'%include' b\n%end\n%\\include b\n", &[("b", "x\n")], "%post\n'%include' b\n%end\nx\n"),
        ("%include a\n'%include' b\n%end\n", &[("a", "%post\n")], "%post\n'%include' b\n%end\n"),
    ];
    for (main, files, whole) in TABLE {
        assert_eq!(flat(main, files).as_deref(), Ok(*whole), "{main:?}");
    }
}

#[test]
fn the_reader_hears_who_asks() {
    let mut asked = Vec::new();
    let main = Kickstart::parse("\n%include sub/a\n");

    main.flatten("main.ks", &Limits::default(), |wanted| {
        asked.push((wanted.name.to_owned(), wanted.from.to_owned(), wanted.line));
        let text = if wanted.name == "sub/a" { &b"x\n\n%include b\n"[..] } else { b"" };
        Ok(Found { name: format!("/k/{}", wanted.name), text: text.to_vec() })
    })
    .unwrap();

    let expected = [("sub/a", "main.ks", 2), ("b", "/k/sub/a", 3)];
    assert_eq!(asked, expected.map(|(name, from, line)| (name.to_owned(), from.to_owned(), line)));
}

#[test]
fn what_cannot_be_included_says_why_and_where() {
    const TABLE: &[Row] = &[
        ("%include\n", &[], "main.ks:1: `%include` names no file"),
        ("\n%ksappend ''\n", &[], "main.ks:2: `%ksappend` names no file"),
        ("%include b\n", &[], "main.ks:1: cannot include `b`: there is no such file"),
        ("%include main.ks\n", &[("main.ks", "")], "main.ks:1: `main.ks` includes itself"),
        (
            "lang C\n%include a\n",
            &[("a", "#\n%include b\n"), ("b", "%include a\n")],
            "b:1, included from a:2, included from main.ks:2: `a` includes itself",
        ),
    ];
    for (main, files, message) in TABLE {
        assert_eq!(
            flat(main, files).map_err(|error| error.to_string()),
            Err((*message).to_owned()),
            "{main:?}"
        );
    }
}

#[test]
fn a_million_files_within_files_stop_at_the_limits() {
    let main = Kickstart::parse("%include 1\n");
    let next = |wanted: &Reference<'_>| {
        let number: usize = wanted.name.parse().unwrap();
        Ok(Found { name: number.to_string(), text: format!("%include {}\n", number + 1).into_bytes() })
    };
    let stopped = |limits: Limits| main.flatten("main.ks", &limits, next).unwrap_err().reason;
    let limits = |change: fn(&mut Limits)| {
        let mut limits = Limits::default();
        limits.depth = usize::MAX;
        change(&mut limits);
        limits
    };

    assert_eq!(stopped(Limits::default()), IncludeFault::TooDeep { name: "33".into(), depth: 33 });
    assert_eq!(stopped(limits(|limits| limits.files = 1_000_000)), IncludeFault::TooMany(1_000_000));
    let bytes = limits(|limits| (limits.files, limits.bytes) = (usize::MAX, 100));
    assert_eq!(stopped(bytes), IncludeFault::TooLong { name: "9".into(), bytes: 100 });
}

#[test]
fn files_that_double_each_other_stop_at_the_limit_of_bytes() {
    let main = Kickstart::parse("%include 1\n");
    let mut limits = Limits::default();
    limits.bytes = 1 << 20;
    limits.files = usize::MAX;

    let double = main.flatten("main.ks", &limits, |wanted| {
        let number: usize = wanted.name.parse().unwrap();
        let text = format!("%include {0}\n%include {0}\nlang C\n", number + 1);
        Ok(Found {
            name: wanted.name.to_owned(),
            text: if number < 30 { text } else { "lang C\n".into() }.into(),
        })
    });

    assert!(matches!(double.unwrap_err().reason, IncludeFault::TooLong { .. }));
}

#[test]
fn what_is_read_and_not_kept_counts_too() {
    let main = Kickstart::parse("%include 1\n".repeat(1000));
    let (mut read, mut limits) = (0, Limits::default());
    limits.bytes = 1 << 20;
    let flat = main.flatten_where_possible("main.ks", &limits, |wanted| {
        let text =
            if wanted.name == "2" { Vec::new() } else { [b"%include 2 #", &[b'x'; 100_000][..]].concat() };
        read += text.len();
        Ok(Found { name: wanted.name.to_owned(), text })
    });

    assert!(read <= (1 << 20) + 100_012, "{read}");
    assert!(matches!(flat.faults().next().unwrap().reason, IncludeFault::TooLong { .. }));
    assert!(flat.kickstart().as_bytes().len() < 1 << 20);
}

#[test]
fn all_that_cannot_be_included_is_found_beside_all_else() {
    let main = Kickstart::parse("lnag C\n'%include' no\n%include a\n%packages\n%include http://h/x\n%end\n");
    let files = [("a", "prat /\n%include main.ks\n%include a\n"), ("main.ks", "")];
    let flat = main.flatten_where_possible("main.ks", &Limits::default(), library(&files));

    let found = flat.check(&Rules::default());

    let lines: Vec<String> = found.iter().map(|found| found.one_line("main.ks")).collect();
    assert_eq!(
        lines,
        [
            "main.ks:1:1: error: unknown command `lnag` (did you mean `lang`?)",
            "main.ks:2:1: error: cannot include `no`: there is no such file",
            "a:1:1: error: unknown command `prat` (did you mean `part`?) (included from main.ks:3)",
            "a:2:1: error: `main.ks` includes itself (included from main.ks:3)",
            "a:3:1: error: `a` includes itself (included from main.ks:3)",
            "main.ks:5:1: error: cannot include `http://h/x`: there is no such file",
        ]
    );
    let marked = "error: `a` includes itself\n --> a:3:1\n  |\n3 | %include a\n  | ^^^^^^^^\n  |\n  = note: included from main.ks:3";
    assert_eq!(found[4].render("main.ks", flat.kickstart().as_bytes()), marked);
    assert_eq!(flat.faults().count(), 4);
}

#[test]
fn each_line_knows_where_it_comes_from() {
    let files = [("a", "1\n2\n%include b\n4\n"), ("b", "1\n"), ("c", "1\n")];
    let main = Kickstart::parse("1\n%include a\n3\n%include c\n");
    let flat = main.flatten("main.ks", &Limits::default(), library(&files)).unwrap();
    let whole = flat.kickstart().to_string();

    let origins: Vec<String> =
        (1..=whole.lines().count()).map(|line| flat.origin(line).to_string()).collect();

    assert_eq!(
        origins,
        [
            "main.ks:1",
            "a:1, included from main.ks:2",
            "a:2, included from main.ks:2",
            "b:1, included from a:3, included from main.ks:2",
            "a:4, included from main.ks:2",
            "main.ks:3",
            "c:1, included from main.ks:4",
        ]
    );
}

#[test]
fn a_finding_in_an_included_file_shows_the_chain() {
    let main = Kickstart::parse("lang C\n%include disks.ks\nbootlaoder\n");
    let files = [("disks.ks", "# disks\n%include more.ks\n"), ("more.ks", "part / --szie=3\n")];
    let flat = main.flatten("main.ks", &Limits::default(), library(&files)).unwrap();

    let found = flat.check(&Rules::default());

    let expected = "\
error: `part` has no option `--szie`
 --> more.ks:1:8
  |
1 | part / --szie=3
  |        ^^^^^^
  |
  = help: did you mean `--size`?
  = note: included from disks.ks:2
  = note: included from main.ks:2";
    assert_eq!(found[0].render("main.ks", flat.kickstart().as_bytes()), expected);
    assert_eq!(
        found[1].one_line("main.ks"),
        "main.ks:3:1: error: unknown command `bootlaoder` (did you mean `bootloader`?)"
    );
}
