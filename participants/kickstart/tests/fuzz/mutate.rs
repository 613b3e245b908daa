//! Inputs made from others.

use img_kickstart::table;

/// A small generator of numbers, the same for the same seed.
pub(super) struct Random(pub(super) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 11) as usize % limit.max(1)
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

const WORDS: &[&str] = &[
    "%end",
    "%end\n",
    "\n",
    "\r\n",
    "\r",
    " ",
    "\t",
    "#",
    "# x\n",
    "'",
    "\"",
    "\\",
    "=",
    "--",
    "-",
    "@",
    "@^",
    "-@",
    "@A@",
    "%include ",
    "%include a\n",
    "%ksappend b\n",
    "\0",
    "\u{a0}",
    "\u{2028}",
    "\u{feff}",
    "é",
    "/",
    "swap",
    "1",
    "-1",
    ",",
    "99999999999999999999",
    "yes",
    "a b",
    "%",
    "%{x}",
    "vim\n",
    "-vim\n",
    "@core --optional\n",
    "--name=a",
    "--baseurl=b",
];
const BYTES: &[&[u8]] = &[b"\xff", b"\xc3", b"\xe2\x80", b"\xf0\x9f", b"\x1b[2J", b"\x85", b"\x00"];

/// What makes a YAML another.
const YAML: &[&str] = &[
    "\n",
    "  ",
    "- ",
    "? ",
    ": ",
    ":",
    ", ",
    "[",
    "]",
    "{",
    "}",
    "&a ",
    "*a",
    "<<: ",
    "|\n",
    ">-\n",
    "\"",
    "'",
    "#",
    "---\n",
    "...\n",
    "!!str ",
    "%YAML 1.2\n",
    "\t",
    "\u{feff}",
    "\u{2028}",
    "\0",
    "\\x1b",
    "~",
    "null",
    "yes",
    "no",
    "0x10",
    "..",
    "/",
    "@ARCH@",
    "%end",
    "%include a",
    "Default:\n",
    "Configurations:\n",
    "Repositories:\n",
    "  - Name: x\n",
    "    Inherit: [B]\n",
    "    Platform: P\n",
    "    Baseline: r.ks\n",
    "    FileName: r\n",
    "    Active: no\n",
    "    Repos: [r]\n",
    "    Groups: [g]\n",
    "    ExtraPackages: [vim, -vim]\n",
    "    Part: part\n",
    "    PostScripts: [script]\n",
    "    Url: http://r/\n",
    "    Url-rnd: http://r/\n",
    "ExternalConfigs: [d]\n",
    "    Mic2Options: -f raw\n",
    "    RootPass: x\n",
    "    Size: 9\n",
    "    Architecture: armv7hl\n",
    "    Kernel: k\n",
];

/// What changes are made of.
#[derive(Clone, Copy)]
pub(super) enum Words {
    Kickstart,
    Yaml,
}

/// Returns one of `kept` with a few changes.
pub(super) fn changed(kept: &[Vec<u8>], words: Words, random: &mut Random) -> Vec<u8> {
    let mut text = kept[random.below(kept.len())].clone();
    for _ in 0..=random.below(6) {
        change(&mut text, kept, words, random);
    }
    text.truncate(3 << 10);
    text
}

fn change(text: &mut Vec<u8>, kept: &[Vec<u8>], words: Words, random: &mut Random) {
    let (pieces, line): (_, fn(&mut Random) -> String) = match words {
        Words::Kickstart => (WORDS, line),
        Words::Yaml => (YAML, |random| random.of(YAML).to_owned()),
    };
    let at = random.below(text.len() + 1);
    let end = at + random.below((text.len() - at).min(40) + 1);
    match random.below(9) {
        0 => drop(text.drain(at..end)),
        1 => drop(text.splice(at..at, random.of(pieces).bytes())),
        2 => drop(text.splice(at..at, random.of(BYTES).iter().copied())),
        3 => drop(text.splice(at..at, line(random).into_bytes())),
        4 => {
            let piece = text[at..end].to_vec();
            let times = 1 + random.below(4);
            text.splice(at..at, piece.repeat(times));
        }
        5 => {
            let other = &kept[random.below(kept.len())];
            let from = random.below(other.len() + 1);
            let to = from + random.below(other.len() - from + 1);
            text.splice(at..at, other[from..to].iter().copied());
        }
        6 if at < text.len() => text[at] = random.next() as u8,
        7 if at < text.len() => text[at] ^= 1 << random.below(8),
        _ => {
            let start = text[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            text.splice(start..start, line(random).into_bytes());
        }
    }
}

/// Returns a line about something in the table, sound or nearly so.
fn line(random: &mut Random) -> String {
    let rows: Vec<_> = table::commands().chain(table::sections()).collect();
    let row = random.of(&rows);
    let mut line = row.name.to_owned();
    for _ in 0..random.below(5) {
        line.push(' ');
        match row.options.len() {
            0 => line.push_str(random.of(WORDS)),
            count => {
                let option = &row.options[random.below(count)];
                let name =
                    if random.below(9) == 0 { &option.name[..option.name.len() - 1] } else { option.name };
                line.push_str(name);
                if random.below(3) > 0 {
                    line.push_str(random.of(&["=", " ", "='", "=\""]));
                    line.push_str(random.of(WORDS));
                }
            }
        }
    }
    line.push('\n');
    line
}
