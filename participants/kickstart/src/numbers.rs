//! Lines numbered as their author counts them, whatever was put in or taken out.

/// Which lines are new, and where lines went.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Numbers {
    /// The lines that were put in, counted from 1 in the text, in order; they have no number of their own.
    added: Vec<usize>,
    /// For each line that was taken out, the line now in its place, in order.
    removed: Vec<usize>,
}

impl Numbers {
    /// Numbers lines as before `added` ones were put in.
    pub(crate) fn without(added: &[usize]) -> Numbers {
        let mut added = added.to_vec();
        added.sort_unstable();
        added.dedup();
        Numbers { added, removed: Vec::new() }
    }

    pub(crate) fn added(&self) -> &[usize] {
        &self.added
    }

    /// Returns the number of a line of the text, or 0 for one that was put in.
    pub(crate) fn of(&self, line: usize) -> usize {
        match self.added.binary_search(&line) {
            Ok(_) => 0,
            Err(before) => line - before + self.removed.partition_point(|removed| *removed <= line),
        }
    }

    /// Takes note of `count` lines put in before the line `first`.
    pub(crate) fn insert(&mut self, first: usize, count: usize) {
        let later = self.added.partition_point(|line| *line < first);
        self.added[later..].iter_mut().for_each(|line| *line += count);
        self.added.splice(later..later, first..first + count);
        let later = self.removed.partition_point(|line| *line <= first);
        self.removed[later..].iter_mut().for_each(|line| *line += count);
    }

    /// Takes note of lines taken out, which are in order.
    pub(crate) fn remove(&mut self, gone: &[usize]) {
        let moved = |line: usize| line - gone.partition_point(|gone| *gone < line);
        let own = gone.iter().filter(|line| self.added.binary_search(line).is_err());
        let places = own.chain(&self.removed).map(|line| moved(*line)).collect();
        let added = self.added.iter().filter(|line| gone.binary_search(line).is_err());
        self.added = added.map(|line| moved(*line)).collect();
        self.removed = places;
        self.removed.sort_unstable();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Puts lines in and takes lines out of a real list beside, and compares after each step.
    #[test]
    fn numbers_are_those_of_the_lines_that_were_there_first() {
        let mut random = 1_u32;
        let mut next = |below: usize| {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (random >> 16) as usize % below
        };
        for _ in 0..500 {
            let mut lines: Vec<usize> = (1..=9).collect();
            let mut numbers = Numbers::default();
            for _ in 0..12 {
                let at = next(lines.len() + 1);
                if next(2) == 0 {
                    let count = 1 + next(3);
                    lines.splice(at..at, std::iter::repeat_n(0, count));
                    numbers.insert(at + 1, count);
                } else {
                    let count = next(4).min(lines.len() - at);
                    lines.drain(at..at + count);
                    numbers.remove(&(at + 1..at + 1 + count).collect::<Vec<_>>());
                }
                let counted: Vec<usize> = (1..=lines.len()).map(|line| numbers.of(line)).collect();
                let added = lines.iter().enumerate().filter(|(_, line)| **line == 0).map(|(at, _)| at + 1);
                assert_eq!(numbers.added(), added.collect::<Vec<_>>());
                assert_eq!(counted, lines);
            }
        }
    }
}
