//! Files made to fill the memory or to take for ever.

use std::fmt::Write;
use std::time::{Duration, Instant};

use img_kickstart::Found;
use img_kickstart::kickstarter::{Kickstarter, Wanted};

use crate::shelf::{Memory, make};

/// Reads and makes; both the sentence and the time count.
fn refused(name: &str, text: &str, sentence: &str) {
    let start = Instant::now();
    let told = match make(text, &Wanted::default(), &mut Memory::default()) {
        Err(mistakes) => mistakes.to_string(),
        Ok(made) => panic!("{name}: nothing is wrong: {} made", made.len()),
    };
    assert!(told.contains(sentence), "{name}: {}", told.chars().take(300).collect::<String>());
    assert!(told.len() < 100_000, "{name}: {} bytes of mistakes", told.len());
    assert!(start.elapsed() < Duration::from_secs(20), "{name}: {:?}", start.elapsed());
}

#[test]
fn what_multiplies_is_refused() {
    let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let below = format!("*a{}, ", level - 1).repeat(10);
        writeln!(laughs, "a{level}: &a{level} [{below}]").unwrap();
    }
    refused("laughs", &laughs, "the file has more than 100000 values");

    let text = "x".repeat(400_000);
    let aliases = format!("b: {{ Kernel: &a {text}, Groups: [{}] }}\n", "*a,".repeat(90_000));
    refused("a long text many times", &aliases, "the file has more than 4 MiB of text, and an alias counts");
    let key = format!("b: {{ Groups: [&a {{ {text}: x }}, {}] }}\n", "*a,".repeat(40_000));
    refused("a long key many times", &key, "the file has more than 4 MiB of text, and an alias counts");

    let mut diamonds = "b0: {}\n".to_owned();
    for level in 1..60 {
        writeln!(diamonds, "b{level}: {{ Inherit: [b{0}, b{0}] }}", level - 1).unwrap();
    }
    diamonds.push_str("Configurations: [{ Name: x, Inherit: [b59] }]\n");
    refused("diamonds", &diamonds, "it inherits more than 1000 blocks");

    let mut list = "b: { Groups: [".to_owned();
    (0..80_000).for_each(|number| write!(list, "{number},").unwrap());
    list.push_str("] }\nConfigurations: [{ Name: x, Inherit: [");
    list.push_str(&"b,".repeat(900));
    list.push_str("] }]\n");
    refused("lists of lists", &list, "it would be more than 1000000 values");
}

#[test]
fn what_is_small_for_one_image_and_not_for_thousands_is_refused() {
    let images: String =
        (0..3000).map(|number| format!(" - {{ Name: x{number}, Inherit: [b] }}\n")).collect();
    let of = |block: &str| format!("b: {{ {block} }}\nConfigurations:\n{images}");
    let sentence = "too much to make at once: make fewer, each by its name";
    refused("long texts", &of(&format!("DisplayName: {}", "x".repeat(900_000))), sentence);
    let groups: String = (0..100).map(|number| format!("g{number},")).collect();
    let lists = format!("c: {{ Groups: [{groups}] }}\n{}", of(&format!("Inherit: [{}]", "c,".repeat(100))));
    refused("long lists", &lists, sentence);
    refused("no such package", &of("ExtraPackages: [\"%post\"]"), "cannot stand in a package list");
}

#[test]
fn what_is_deep_is_refused() {
    let mut chain = "b0: {}\n".to_owned();
    for level in 1..5000 {
        writeln!(chain, "b{level}: {{ Inherit: [b{}] }}", level - 1).unwrap();
    }
    refused("chain", &chain, "more than 64 levels deep");
    let backwards: Vec<&str> = chain.lines().rev().collect();
    refused("chain from its end", &backwards.join("\n"), "more than 64 levels deep");
    refused("brackets", &"[".repeat(500_000), "this is no YAML: recursion limit exceeded");
    refused("braces", &"{a: ".repeat(200_000), "this is no YAML: recursion limit exceeded");
    refused(
        "seventeen",
        &format!("a: {}x{}", "[".repeat(17), "]".repeat(17)),
        "this is the 17th level of values within values",
    );
    refused("dashes", &"- ".repeat(400_000), "level of values within values");
    refused("question marks", &"? ".repeat(400_000), "c.yaml:1:");
}

#[test]
fn what_is_long_is_refused() {
    let long = format!("a: {{ RootPass: {} }}\n", "x".repeat(10 << 20));
    refused("10 MB", &long, "c.yaml:1:1: the file has more than 1 MiB");
    refused("an open quote", &format!("a: \"{}", "x\n".repeat(400_000)), "this is no YAML");
    refused("anchors", &format!("a: [{}]\n", "&x ".repeat(300_000)), "this is no YAML");
    refused("ends of lines", &format!("a: [{}", "\n".repeat(900_000)), "this is no YAML");
    let mistakes: String = (0..20_000).map(|number| format!("a{number}: {{ StartX: x }}\n")).collect();
    refused("mistakes", &mistakes, "`StartX`: `x` is neither yes nor no");
    let strangers: String = (0..20_000).map(|number| format!("K{number}: y\n")).collect();
    refused("blocks that are none", &strangers, "a block should be a mapping");
}

#[test]
fn what_would_be_compared_with_everything_is_refused_or_quick() {
    let list = |count: usize, item: fn(usize) -> String| (0..count).map(item).collect::<String>();
    let strangers = list(16_000, |n| format!("b{n}: {{ Inherit: [stranger{n}] }}\n"));
    refused("strangers", &strangers, "which is not there");
    let folders = list(60_000, |n| format!("f{n},"));
    refused("folders", &format!("ExternalConfigs: [{folders}]\n"), "these are more than 100 folders");
    let scripts = list(60_000, |n| format!("s{n},"));
    let scripts = format!("Configurations: [{{ Name: x, PostScripts: [{scripts}] }}]\n");
    refused("scripts", &scripts, "these are more than 1000 scripts");
    let packages = list(60_000, |n| format!("\"%{n}\","));
    let packages = format!("Configurations: [{{ Name: x, ExtraPackages: [{packages}] }}]\n");
    refused("packages that are none", &packages, "cannot stand in a package list");

    let start = Instant::now();
    let mut text =
        format!("Configurations:\n{}", list(10_000, |n| format!(" - {{ Name: c{n}, Typo{n}: x }}\n")));
    text.push_str("Repositories:\n");
    text.push_str(&list(6_000, |n| format!(" - {{ Name: r{n}, Url: u }}\n")));
    text.push_str(&format!("b: {{ Repos: [{}] }}\n", list(6_000, |n| format!("r{n},"))));
    let text = text.replace("Name: c7,", "Name: c7, Inherit: [b],");
    let made = make(&text, &Wanted::default(), &mut Memory::default()).unwrap();
    assert_eq!((made.len(), made[7].kickstart.matches("repo --name=").count()), (10_000, 6_000));
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn folders_and_scripts_have_their_limits() {
    let mut shelf = Memory::default();
    (0..600).for_each(|number| drop(shelf.files.insert(format!("f/{number}.yaml"), Vec::new())));
    let told = make("ExternalConfigs: [f]\n", &Wanted::default(), &mut shelf).unwrap_err().to_string();
    assert_eq!(told, "c.yaml:1:19: the folders have more than 500 files, or more than 8 MiB");

    let mut shelf = Memory::default();
    shelf.files.insert("big".into(), vec![b'x'; 2 << 20]);
    (0..30).for_each(|number| drop(shelf.files.insert(format!("s{number}"), vec![b'x'; 1 << 20])));
    let big = make("Configurations: [{ Name: x, PostScripts: [big] }]", &Wanted::default(), &mut shelf);
    assert!(big.unwrap_err().to_string().ends_with("big has more than 1 MiB"));
    let names: Vec<String> = (0..30).map(|number| format!("s{number}")).collect();
    let all = format!("Configurations: [{{ Name: x, PostScripts: [{}] }}]", names.join(","));
    let told = make(&all, &Wanted::default(), &mut shelf).unwrap_err().to_string();
    assert!(told.ends_with("with this script the kickstart is too long"), "{told}");
}

#[test]
fn no_bytes_make_it_panic() {
    use proptest::prelude::*;
    let pieces = prop::sample::select(vec![
        "a",
        ":",
        " ",
        "\n",
        "- ",
        "[",
        "]",
        "{",
        "}",
        "&x ",
        "*x",
        "!t ",
        "|",
        ">",
        "\"",
        "'",
        "#",
        "? ",
        "%",
        "---\n",
        "...\n",
        "\t",
        "\u{e9}",
        "Configurations",
        "Repositories",
        "Default",
        "Inherit",
        "Name: x",
        ",",
        "<<",
        "~",
        "\r",
        "\u{feff}",
        "  ",
        "\0",
    ]);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(1),
        ..ProptestConfig::with_cases(3000)
    });
    runner
        .run(&prop::collection::vec(pieces, 0..60), |pieces| {
            let file = Found { name: "c.yaml".into(), text: pieces.concat().into_bytes() };
            let mut shelf = Memory::default();
            if let Ok(yaml) = Kickstarter::read(&[file], &mut shelf) {
                let _ = yaml.generate(&Wanted::default(), &mut shelf);
            }
            Ok(())
        })
        .unwrap();
}
