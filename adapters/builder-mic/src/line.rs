//! One line of what mic prints; pure.

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Debug,
    Verbose,
    Info,
    Warning,
    Error,
}

const LEVELS: [(&str, Level); 5] = [
    ("Debug", Level::Debug),
    ("Verbose", Level::Verbose),
    ("Info", Level::Info),
    ("Warning", Level::Warning),
    ("Error", Level::Error),
];

/// A line `Error <creator>[11/28 15:30:07] : text`; programs that mic runs print lines without a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    pub(crate) level: Option<Level>,
    /// What part of mic says it.
    pub(crate) part: Option<&'a str>,
    pub(crate) text: &'a str,
}

impl<'a> Line<'a> {
    /// Takes a line apart.
    pub(crate) fn read(line: &'a str) -> Line<'a> {
        Line::with_level(line).unwrap_or(Line { level: None, part: None, text: line.trim_end() })
    }

    fn with_level(line: &'a str) -> Option<Line<'a>> {
        let (word, level) = LEVELS.into_iter().find(|(word, _)| line.starts_with(word))?;
        let rest = &line[word.len()..];
        let (part, rest) = match rest.strip_prefix(" <").and_then(|rest| rest.split_once('>')) {
            Some((part, rest)) => (Some(part), rest),
            None => (None, rest),
        };
        let rest = match rest.strip_prefix('[') {
            Some(rest) => rest.split_once("] ")?.1,
            None => rest,
        };
        let text = rest.strip_prefix(':')?.trim();
        Some(Line { level: Some(level), part, text })
    }

    /// Writes it for a log that has times of its own.
    pub(crate) fn for_log(&self) -> String {
        let Some(level) = self.level else { return self.text.to_owned() };
        let word = LEVELS.iter().find(|(_, known)| *known == level).map_or("", |(word, _)| *word);
        match self.part {
            Some(part) => format!("{word} <{part}>: {}", self.text),
            None => format!("{word}: {}", self.text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_is_kept_and_the_time_is_not() {
        for (line, level, part, text, log) in [
            ("Info[11/28 15:30:07] : Finished.", Some(Level::Info), None, "Finished.", "Info: Finished."),
            (
                "Error <creator>[11/28 15:30:07] : Unable to find package: x",
                Some(Level::Error),
                Some("creator"),
                "Unable to find package: x",
                "Error <creator>: Unable to find package: x",
            ),
            ("Warning: ", Some(Level::Warning), None, "", "Warning: "),
            ("Information for you", None, None, "Information for you", "Information for you"),
            (
                "Error in POSTIN scriptlet",
                None,
                None,
                "Error in POSTIN scriptlet",
                "Error in POSTIN scriptlet",
            ),
            ("  indented \t", None, None, "  indented", "  indented"),
            ("Info[11/28", None, None, "Info[11/28", "Info[11/28"),
        ] {
            let read = Line::read(line);
            assert_eq!(read, Line { level, part, text }, "{line}");
            assert_eq!(read.for_log(), log);
        }
    }
}
