//! How long a kickstart takes to be parsed, checked, changed and printed, and how long the same takes pykickstart.
//!
//! `cargo bench -p img-kickstart`. Beside us runs the pykickstart of PyPI, in a virtual environment made below the
//! target folder; without python3 or PyPI, or with `-- --alone`, our own numbers are printed alone. The work is the same for both: the text is
//! read and held against the rules of the newest Fedora, a repository and a package are added, all of it is printed.

mod beside;
mod texts;

use std::hint::black_box;
use std::time::{Duration, Instant};

use beside::Beside;
use img_kickstart::{Dialect, Kickstart, Rules, check_with};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, once, file] = &arguments[..]
        && once == "--once"
    {
        let text = std::fs::read(file).expect("the file of the bench");
        println!("{}", work(&text).len());
        return;
    }
    let alone = arguments.iter().any(|argument| argument == "--alone");
    let beside = if alone { None } else { Beside::install() };
    println!(
        "each the least of its rounds; pykickstart {}",
        beside.as_ref().map_or("is not here", Beside::version)
    );
    let small = texts::kickstart(300);
    let large = texts::of_bytes(1 << 20);
    let thousand: Vec<String> = (0..1000).map(|number| texts::kickstart(20 + number % 80)).collect();
    table(
        "in one process",
        beside.as_ref(),
        &[
            ("300 lines", vec![small.clone()], 200, 5),
            ("1 MB", vec![large], 20, 1),
            ("1,000 files of 20 to 100 lines", thousand, 5, 1),
        ],
    );
    commands(beside.as_ref(), &small);
    growth();
}

/// Reads, checks, changes and prints a kickstart.
fn work(text: &[u8]) -> Vec<u8> {
    let mut ks = Kickstart::parse(text);
    let found = check_with(&ks, &Rules::default().dialect(Dialect::FEDORA));
    assert!(found.is_empty(), "{:?}", found.first());
    ks.add_repo("bench-new", "http://repo.example/new", &["--install"]).expect("a sound repository");
    ks.add_packages(&["bench-new"]).expect("a sound package");
    ks.into_bytes()
}

/// Returns the least time of several rounds.
fn least(rounds: usize, mut round: impl FnMut()) -> Duration {
    let times = (0..rounds).map(|_| {
        let start = Instant::now();
        round();
        start.elapsed()
    });
    times.min().unwrap_or_default()
}

/// A name, the texts, our rounds, and those of pykickstart.
type Case = (&'static str, Vec<String>, usize, usize);

fn table(title: &str, beside: Option<&Beside>, cases: &[Case]) {
    println!("\n| {title} | ours | pykickstart | times |\n|---|---|---|---|");
    for (name, texts, rounds, their_rounds) in cases {
        let ours = least(*rounds, || {
            for text in texts {
                black_box(work(black_box(text.as_bytes())));
            }
        });
        let theirs = beside.map(|beside| beside.work(texts, *their_rounds));
        row(name, ours, theirs);
    }
}

fn commands(beside: Option<&Beside>, text: &str) {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench.ks");
    std::fs::write(&file, text).expect("a file in the target folder");
    let ourselves = std::env::current_exe().expect("this program");
    let ours = least(20, || beside::run(&ourselves, &["--once".as_ref(), file.as_os_str()]));
    println!("\n| as a whole command | ours | pykickstart | times |\n|---|---|---|---|");
    row("300 lines", ours, beside.map(|beside| least(5, || beside.once(&file))));
}

fn row(name: &str, ours: Duration, theirs: Option<Duration>) {
    match theirs {
        Some(theirs) => {
            let times = theirs.as_secs_f64() / ours.as_secs_f64();
            println!("| {name} | {ours:.1?} | {theirs:.1?} | {times:.0} |");
        }
        None => println!("| {name} | {ours:.1?} | | |"),
    }
}

/// Shows what a byte costs in texts of growing size.
fn growth() {
    println!("\n| size | parse, check, change, print | a byte |\n|---|---|---|");
    for kilobytes in [16, 64, 256, 1024, 4096, 16384] {
        let text = texts::of_bytes(kilobytes << 10);
        let took = least(3.max(4096 / kilobytes), || {
            black_box(work(black_box(text.as_bytes())));
        });
        println!("| {kilobytes} kB | {took:.1?} | {:.1} ns |", took.as_nanos() as f64 / text.len() as f64);
    }
}
