//! A kickstart file as a whole.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use crate::command::Command;
use crate::items::{Item, Items};
use crate::lines::{endings, lines};
use crate::numbers::Numbers;
use crate::section::Section;

/// A kickstart file, exactly as written, whatever bytes it is made of.
///
/// Everything read from it says its line, counted from 1 as the author counts: an edit changes no number, and what it
/// puts in has the number 0; see [`At`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kickstart {
    text: Vec<u8>,
    numbers: Numbers,
}

impl Kickstart {
    /// Reads any text, UTF-8 or not; what is wrong with it is for [`crate::check()`] to say.
    pub fn parse(text: impl AsRef<[u8]>) -> Kickstart {
        Kickstart { text: text.as_ref().to_vec(), numbers: Numbers::default() }
    }

    /// Numbers lines as before `added` ones were put in; those have the number 0.
    ///
    /// For messages to somebody who knows the file without what was added; `added` is what
    /// [`added_lines`](Kickstart::added_lines) returned. Lines that are not there do not count.
    ///
    /// ```
    /// use img_kickstart::Kickstart;
    ///
    /// let mut ks = Kickstart::parse("lang en_US\npart /\n%packages\nvim\n%end\n");
    /// ks.add_repo("extra", "http://repo.example/", &[])?;
    /// assert_eq!(ks.added_lines(), [3]);
    ///
    /// let again = Kickstart::parse(ks.as_bytes()).numbered_without(ks.added_lines());
    ///
    /// assert_eq!(again.packages().packages[0].line, 4);
    /// assert_eq!(again.repos()[0].line, 0);
    /// # Ok::<(), img_kickstart::EditError>(())
    /// ```
    pub fn numbered_without(mut self, added: &[usize]) -> Kickstart {
        let last = lines(&self.text, 1, 0).count();
        let added: Vec<usize> = added.iter().copied().filter(|line| (1..=last).contains(line)).collect();
        self.numbers = Numbers::without(&added);
        self
    }

    /// Returns the lines that were put in, counted from 1 as the text is now.
    pub fn added_lines(&self) -> &[usize] {
        self.numbers.added()
    }

    /// Returns the file, byte for byte.
    pub fn as_bytes(&self) -> &[u8] {
        &self.text
    }

    /// Returns the file, byte for byte.
    pub fn into_bytes(self) -> Vec<u8> {
        self.text
    }

    /// Returns the file as text; bytes that are no UTF-8 become U+FFFD, and only those make a copy.
    pub fn to_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.text)
    }

    /// Returns commands and sections in the order of the file.
    pub fn items(&self) -> impl Iterator<Item = Item<'_>> {
        Items::of(&self.text, &self.numbers)
    }

    /// Returns the commands in the order of the file, so that a caller can warn about those it does not honour.
    pub fn commands(&self) -> impl Iterator<Item = Command<'_>> {
        self.items().filter_map(|item| match item {
            Item::Command(command) => Some(command),
            Item::Section(_) | Item::StrayEnd(_) => None,
        })
    }

    /// Returns the commands called by one of `names`; other lines are not split.
    pub(crate) fn commands_called<'a>(&'a self, names: &'a [&'a str]) -> impl Iterator<Item = Command<'a>> {
        let items = Items::of(&self.text, &self.numbers).only(names);
        items.filter_map(|item| match item {
            Item::Command(command) if names.contains(&command.name()) => Some(command),
            _ => None,
        })
    }

    /// Returns the sections in the order of the file.
    pub fn sections(&self) -> impl Iterator<Item = Section<'_>> {
        Items::of(&self.text, &self.numbers).only(&[]).filter_map(|item| match item {
            Item::Section(section) => Some(section),
            Item::Command(_) | Item::StrayEnd(_) => None,
        })
    }

    /// Puts `addition` at byte `at`, which must be where a line starts or the text ends.
    pub(crate) fn insert(&mut self, at: usize, addition: &str) {
        let before = &self.text[..at];
        let ended = before.is_empty() || before.ends_with(b"\n");
        let first = endings(before) + 1 + usize::from(!ended);
        self.numbers.insert(first, endings(addition.as_bytes()) - usize::from(!ended));
        self.text.splice(at..at, addition.bytes());
    }

    /// Takes lines out; each of `spans` is whole lines, and they are in order.
    pub(crate) fn cut(&mut self, spans: &[Range<usize>]) {
        let (mut kept, mut gone) = (Vec::with_capacity(self.text.len()), Vec::new());
        let (mut at, mut line) = (0, 0);
        for span in spans {
            let between = &self.text[at..span.start];
            kept.extend_from_slice(between);
            line += endings(between);
            let count = lines(&self.text[span.clone()], 1, 0).count();
            gone.extend(line + 1..=line + count);
            line += count;
            at = span.end;
        }
        kept.extend_from_slice(&self.text[at..]);
        self.numbers.remove(&gone);
        self.text = kept;
    }

    /// Makes changes that are in order and do not overlap.
    pub(crate) fn replace(&mut self, changes: &[Change]) {
        let (mut changed, mut at) = (Vec::with_capacity(self.text.len()), 0);
        for (span, text) in changes {
            changed.extend_from_slice(&self.text[at..span.start]);
            changed.extend_from_slice(text.as_bytes());
            at = span.end;
        }
        changed.extend_from_slice(&self.text[at..]);
        self.text = changed;
    }
}

/// Bytes in the middle of a line, and what takes their place.
pub(crate) type Change = (Range<usize>, String);

/// The file as text; see [`Kickstart::to_text`] for what becomes of other bytes.
impl fmt::Display for Kickstart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

/// A line as a message names it: `line 41`, or `added on request` for one that does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At(pub usize);

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("added on request"),
            line => write!(f, "line {line}"),
        }
    }
}
