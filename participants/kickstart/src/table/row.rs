//! The shape of a row: a name, how many plain arguments, which options, and who knows it.

use super::life::{Life, NEVER};

/// What an option wants after its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Flag,
    /// Any text.
    Text,
    /// Text, or nothing.
    Optional,
    /// A whole number of zero or more.
    Number,
    /// A whole number, negative ones included.
    Integer,
    /// Texts with commas between them.
    List,
    /// Yes or no, in any of pykickstart's spellings.
    YesNo,
    /// One of these, however its letters are cased.
    Choice(&'static [&'static str]),
    /// One of these, which installers want written just so.
    Exact(&'static [&'static str]),
}

/// One option of a command or a section.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Opt {
    /// The name with its two dashes.
    pub name: &'static str,
    /// What follows the name.
    pub value: Value,
    /// Whether the command means nothing without it.
    pub needed: bool,
    /// Whether each of several on one line counts; else only the last does.
    pub many: bool,
    /// The option that this one is another name of; nothing when it is none.
    pub same_as: &'static str,
    /// What it turns, when other options turn the same and the last of them counts: `--enforcing` and `--permissive`.
    pub turns: &'static str,
    /// Who knows it.
    pub life: Life,
}

/// What tells several lines of one command apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Nothing but all of their words.
    Line,
    /// The first plain argument.
    Word,
    /// The value of this option.
    Option(&'static str),
}

/// One command or section.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// The name, with the percent sign of a section.
    pub name: &'static str,
    /// The fewest and the most plain arguments it takes.
    pub arguments: (usize, usize),
    /// So many plain arguments it needs at least, unless one of these options is given.
    pub unless: (usize, &'static [&'static str]),
    /// Whether only mic takes plain arguments.
    pub words_of_mic: bool,
    /// The options it takes.
    pub options: &'static [Opt],
    /// At least one of these options must be given, unless empty.
    pub one_of: &'static [&'static str],
    /// Whether only mic needs one of them.
    pub one_of_for_mic: bool,
    /// Options that mean nothing without one of some others.
    pub with: &'static [(&'static str, &'static [&'static str])],
    /// Pairs of options that cannot stand on one line.
    pub apart: &'static [(&'static str, &'static str)],
    /// Whether its words go to another program, so that any option is right.
    pub free: bool,
    /// Whether each of several lines counts; else only the last does.
    pub many: bool,
    /// What tells several lines apart.
    pub key: Key,
    /// Who knows it.
    pub life: Life,
}

/// No plain arguments.
pub(super) const NONE: (usize, usize) = (0, 0);
/// Any number of plain arguments.
pub(super) const ANY: (usize, usize) = (0, usize::MAX);

/// Gives rows and options the same words about who knows them; numbers are those of Fedora and of RHEL.
macro_rules! lives {
    ($what:ident) => {
        #[allow(dead_code, reason = "each word is there for rows and for options")]
        impl $what {
            /// New in these; `0` is older than what was asked.
            pub(super) const fn since(self, fedora: u16, rhel: u16) -> $what {
                $what { life: self.life.since(fedora, rhel), ..self }
            }
            /// Warned about in these.
            pub(super) const fn old(self, fedora: u16, rhel: u16) -> $what {
                $what { life: self.life.old(fedora, rhel), ..self }
            }
            /// Gone in these.
            pub(super) const fn until(self, fedora: u16, rhel: u16) -> $what {
                $what { life: self.life.until(fedora, rhel), ..self }
            }
            /// Known only before Fedora 21 and RHEL 7.
            pub(super) const fn past(self) -> $what {
                self.until(0, 0)
            }
            /// Known to mic and nobody else.
            pub(super) const fn mic(self) -> $what {
                self.since(NEVER, NEVER).and_mic()
            }
            /// Known to mic, whatever became of it elsewhere.
            pub(super) const fn and_mic(self) -> $what {
                $what { life: self.life.and_mic(), ..self }
            }
            /// Each of several counts.
            pub(super) const fn many(self) -> $what {
                $what { many: true, ..self }
            }
        }
    };
}

lives!(Row);
lives!(Opt);

impl Row {
    pub(super) const fn new(name: &'static str, arguments: (usize, usize), options: &'static [Opt]) -> Row {
        let (one_of, with, apart): (&[_], &[_], &[_]) = (&[], &[], &[]);
        let (key, life) = (Key::Line, Life::ALWAYS);
        let (unless, words_of_mic, one_of_for_mic): ((_, &[_]), _, _) = ((0, &[]), false, false);
        let (free, many) = (false, false);
        Row {
            name,
            arguments,
            unless,
            words_of_mic,
            options,
            one_of,
            one_of_for_mic,
            with,
            apart,
            free,
            many,
            key,
            life,
        }
    }
    pub(super) const fn free(self) -> Row {
        Row { free: true, ..self }
    }
    pub(super) const fn by(self, option: &'static str) -> Row {
        Row { key: Key::Option(option), ..self }
    }
    pub(super) const fn by_word(self) -> Row {
        Row { key: Key::Word, ..self }
    }
    pub(super) const fn one_of(self, one_of: &'static [&'static str]) -> Row {
        Row { one_of, ..self }
    }
    pub(super) const fn one_of_for_mic(self, one_of: &'static [&'static str]) -> Row {
        Row { one_of, one_of_for_mic: true, ..self }
    }
    pub(super) const fn unless(self, arguments: usize, options: &'static [&'static str]) -> Row {
        Row { unless: (arguments, options), ..self }
    }
    pub(super) const fn words_of_mic(self) -> Row {
        Row { words_of_mic: true, ..self }
    }
    pub(super) const fn with(self, with: &'static [(&'static str, &'static [&'static str])]) -> Row {
        Row { with, ..self }
    }
    pub(super) const fn apart(self, apart: &'static [(&'static str, &'static str)]) -> Row {
        Row { apart, ..self }
    }

    /// Returns the option called `name`, which must be whole.
    pub fn option(&self, name: &str) -> Option<&'static Opt> {
        self.options.iter().find(|option| option.name == name)
    }
}

impl Opt {
    pub(super) const fn new(name: &'static str, value: Value) -> Opt {
        let (same_as, turns) = ("", "");
        Opt { name, value, needed: false, many: false, same_as, turns, life: Life::ALWAYS }
    }
    pub(super) const fn needed(self) -> Opt {
        Opt { needed: true, ..self }
    }
    pub(super) const fn same_as(self, same_as: &'static str) -> Opt {
        Opt { same_as, ..self }
    }
    pub(super) const fn turns(self, turns: &'static str) -> Opt {
        Opt { turns, ..self }
    }

    /// Returns the first of its names.
    pub fn meaning(&self) -> &'static str {
        if self.same_as.is_empty() { self.name } else { self.same_as }
    }

    /// Returns whether of the two on one line only the last counts, unless each of several does.
    pub fn replaces(&self, other: &Opt) -> bool {
        self.meaning() == other.meaning() || !self.turns.is_empty() && self.turns == other.turns
    }
}
