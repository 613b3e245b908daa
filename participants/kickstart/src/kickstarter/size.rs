//! How much a YAML file may come to, with what stands in it by aliases.

use std::iter::Sum;

/// How many values a file may have.
const MOST_VALUES: usize = 100_000;
/// How many bytes all their texts may have; without aliases they are no more than the file.
const MOST_TEXT: usize = 4 << 20;

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

impl Sum for Size {
    fn sum<I: Iterator<Item = Size>>(all: I) -> Size {
        let add =
            |sum: Size, one: Size| Size { values: sum.values + one.values, bytes: sum.bytes + one.bytes };
        all.fold(Size::default(), add)
    }
}
