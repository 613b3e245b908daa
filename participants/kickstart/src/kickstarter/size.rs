//! How much a YAML file may come to, with what stands in it by aliases, and how much is made of it.

use std::iter::Sum;

/// How many values a file may have.
const MOST_VALUES: usize = 100_000;
/// How many bytes all their texts may have; without aliases they are no more than the file.
const MOST_TEXT: usize = 4 << 20;
/// How much may be read for one configuration, counted as often as it is inherited.
const MOST_OF_ONE: Size = Size { values: 1_000_000, bytes: 64 << 20 };
/// How much may be read, and how many bytes written, for all that are made at once.
const MOST_OF_ALL: Size = Size { values: 1_000_000, bytes: 256 << 20 };
const MOST_WRITTEN: usize = 128 << 20;

/// How many values, and how many bytes of text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Size {
    pub(super) values: usize,
    pub(super) bytes: usize,
}

impl Size {
    /// Counts what comes, before there is room made for it.
    pub(super) fn grow(&mut self, more: Size) -> Result<(), String> {
        *self = [*self, more].into_iter().sum();
        let too_much = if self.values > MOST_VALUES {
            format!("{MOST_VALUES} values")
        } else if self.bytes > MOST_TEXT {
            format!("{} MiB of text", MOST_TEXT >> 20)
        } else {
            return Ok(());
        };
        Err(format!("the file has more than {too_much}, and an alias counts as what it stands for"))
    }
}

/// What was read and written for all kickstarts so far.
#[derive(Debug, Default)]
pub(super) struct Spent {
    read: Size,
    written: usize,
}

impl Spent {
    /// Counts a value that is read for a configuration, which has read `sum` already.
    pub(super) fn one(sum: &mut Size, text: &str) -> Result<(), String> {
        *sum = [*sum, Size { values: 1, bytes: text.len() }].into_iter().sum();
        let Size { values, bytes } = MOST_OF_ONE;
        if sum.values > values || sum.bytes > bytes {
            return Err(format!("it would be more than {values} values, or {} MiB of text", bytes >> 20));
        }
        Ok(())
    }

    /// Counts what was read for a configuration, and the kickstart that came of it.
    pub(super) fn all(&mut self, read: Size, written: usize) -> Result<(), String> {
        self.read = [self.read, read].into_iter().sum();
        self.written += written;
        if self.read.values > MOST_OF_ALL.values
            || self.read.bytes > MOST_OF_ALL.bytes
            || self.written > MOST_WRITTEN
        {
            return Err(
                "with this one the kickstarts are too much to make at once: make fewer, each by its name"
                    .into(),
            );
        }
        Ok(())
    }
}

impl Sum for Size {
    fn sum<I: Iterator<Item = Size>>(all: I) -> Size {
        let add =
            |sum: Size, one: Size| Size { values: sum.values + one.values, bytes: sum.bytes + one.bytes };
        all.fold(Size::default(), add)
    }
}
