//! Files that are nearly right, the same ones every time.

use std::collections::HashSet;

/// The files of one seed.
pub(crate) struct Generator {
    state: u64,
}

const KEYS: &[&str] = &[
    "base_dir",
    "Base_URL",
    "AMQP_HOST",
    "a b",
    "ÄÖ",
    "İ",
    "ΣΑΣ",
    "x",
    "Y",
    "mic opts",
    "-",
    "a;b",
    "\"q\"",
];
const PIECES: &[&str] = &[
    "/srv/img",
    "word",
    "two words",
    "a;b",
    "a ; b",
    "\t;c",
    "#d",
    " # e",
    "=",
    ":",
    "a=b",
    "http://h:80/",
    "%%",
    "%%(x)s",
    "%(x)s",
    "%(Y)s",
    "%(BASE_DIR)s",
    "%(a b)s",
    "%( x)s",
    "%(äö)s",
    "é\u{a0}",
    "\u{3000}",
    "\u{1f}",
    "\u{2028}",
    "'",
    "[b]",
];
const WRONG: &[&str] = &["%", "%(", "%()s", "%(x)", "%(x)d", "%(missing)s", "%(x", "%x", "%(a)b)s"];
const SPACES: &[&str] = &["", "", "", " ", "  ", "\t", " \u{a0}", "\u{c}", "\u{1c}"];
const SOUP: &[&str] = &[
    "\n", "\n", "\n", " ", " ", "\t", "=", ":", ";", "#", "[", "]", "%", "(", ")", "s", "a", "B", "\r",
    "\u{85}", "ß",
];

impl Generator {
    pub(crate) fn new(seed: u64) -> Generator {
        Generator { state: seed }
    }

    pub(crate) fn file(&mut self) -> String {
        let text = match self.below(10) {
            0 => self.soup(),
            1 => self.chain(),
            _ => self.sections(),
        };
        let text = match self.below(6) {
            0 => text.replace('\n', "\r\n"),
            1 => text.replace('\n', "\r"),
            _ => text,
        };
        if self.once_in(8) { format!("\u{feff}{text}") } else { text }
    }

    /// Keys and values, mostly as they should be.
    fn sections(&mut self) -> String {
        let mut text = String::new();
        let mut names = vec!["worker", "Worker", "a ] b", " c ", "DEFAULT", "DEFAULT", "default", "é"];
        for _ in 0..self.below(4) + 1 {
            let name = if self.once_in(40) { "worker" } else { names.swap_remove(self.below(names.len())) };
            let behind = *self.pick(&["", "", " ; why", " # why", " x = y", "]", " ]"]);
            if !self.once_in(40) {
                text += &format!("{}[{name}]{behind}\n", self.margin());
            }
            let mut used = HashSet::new();
            for _ in 0..self.below(9) {
                let line = self.line(&mut used);
                text = text + &line + "\n";
            }
        }
        if self.once_in(3) { text.trim_end_matches('\n').to_owned() } else { text }
    }

    fn line(&mut self, used: &mut HashSet<String>) -> String {
        let margin = self.margin();
        match self.below(24) {
            0 | 1 => (*self.pick(SPACES)).to_owned(),
            2 => format!("{margin}; {}", self.value()),
            3 => format!("{margin}# {}", self.value()),
            4..=7 => format!("{margin}  {}", self.value()),
            8 if self.once_in(4) => format!("{margin}={}", self.value()),
            9 if self.once_in(6) => format!("{margin}[{}", self.value()),
            _ => {
                let key = *self.pick(KEYS);
                if !used.insert(key.to_lowercase()) && !self.once_in(30) {
                    return String::new();
                }
                if self.once_in(10) {
                    return format!("{margin}{key}");
                }
                let (before, after) = (*self.pick(SPACES), *self.pick(SPACES));
                format!("{margin}{key}{before}{}{after}{}", self.pick(&["=", "=", ":"]), self.value())
            }
        }
    }

    fn margin(&mut self) -> &'static str {
        if self.once_in(6) { self.pick(SPACES) } else { "" }
    }

    fn value(&mut self) -> String {
        let mut value = String::new();
        for _ in 0..self.below(4) {
            value += if self.once_in(25) { self.pick(WRONG) } else { self.pick(PIECES) };
            value += self.pick(SPACES);
        }
        value
    }

    /// Values in values, about as deep as is allowed, with and without an end.
    fn chain(&mut self) -> String {
        let (length, defaults) = (self.below(6) + 7, self.below(13));
        let end = *self.pick(&["end", "%%", "%(k0)s", "%(k3)s", "%(none)s", "%", "%(k12)s%"]);
        let link = |n: usize| format!("k{n} = <%(K{})s>\n", n + 1);
        let links = |range: std::ops::Range<usize>| range.map(link).collect::<String>();
        let last = format!("k{length} = {end}\n");
        let defaults = defaults.min(length);
        format!("[a]\n{}{last}[DEFAULT]\nk12\n{}", links(defaults..length), links(0..defaults))
    }

    fn soup(&mut self) -> String {
        let mut text = if self.once_in(10) { String::new() } else { "[a]\n".to_owned() };
        for _ in 0..self.below(60) {
            text += self.pick(SOUP);
        }
        text
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &'a [&'a T]) -> &'a &'a T {
        &from[self.below(from.len())]
    }

    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn below(&mut self, end: usize) -> usize {
        // splitmix64
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) % end as u64) as usize
    }
}
