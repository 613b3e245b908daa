//! Options set and taken back on lines that are there, and whole lines put in or taken out.

use std::ops::Range;

use crate::arguments::Given;
use crate::document::{Change, Kickstart};
use crate::edit::EditError;
use crate::edit::place::put_command;
use crate::edit::quote::quote;
use crate::edit::wanted::{Wanted, written};
use crate::identity::Identity;
use crate::table::Value;
use crate::words::Word;

impl Kickstart {
    /// Makes a command say what `line` says, and returns whether the text changed.
    ///
    /// The last line about the same thing is changed: the same command and, where each of several lines counts, the
    /// same name or mount point. Only what `line` mentions becomes different; the rest stays as written. Without such
    /// a line, `line` is put beside its like, and must then be complete.
    ///
    /// ```
    /// use img_kickstart::Kickstart;
    ///
    /// let mut ks = Kickstart::parse("bootloader  --timeout=0 # soon\npart / --size 400\n");
    /// ks.set("bootloader --timeout=5 --append='quiet splash'")?;
    /// ks.set("part / --grow")?;
    /// ks.set("part /home --size=10")?;
    /// assert_eq!(
    ///     ks.to_string(),
    ///     "bootloader  --timeout=5 --append=\"quiet splash\" # soon\npart / --size 400 --grow\npart /home --size=10\n"
    /// );
    /// assert_eq!(ks.set("part / --grow"), Ok(false));
    /// # Ok::<(), img_kickstart::EditError>(())
    /// ```
    pub fn set(&mut self, line: &str) -> Result<bool, EditError> {
        let wanted = Wanted::read(line)?;
        let there = self.commands().filter(|command| Identity::of(command) == wanted.identity).last();
        let Some(there) = there else {
            if let Some(incomplete) = wanted.incomplete {
                return Err(incomplete);
            }
            put_command(self, wanted.row, vec![wanted.to_line()]);
            return Ok(true);
        };
        let read = there.arguments();
        if there.fault.is_some() || !read.misfits.is_empty() {
            return Err(broken(line));
        }
        let end = there.words.last().map_or(there.span.start, |word| word.span().end);
        let apart = read.options.iter().any(|given| given.value.is_some())
            && !there.words.iter().any(|word| word.text.contains('='));
        let mut changes: Vec<Change> = Vec::new();
        let mut more = String::new();
        plain_changes(&wanted.read.plain, &read.plain, &mut changes, &mut more);
        let mut last: Vec<&Given> = Vec::new();
        for given in &wanted.read.options {
            last.retain(|before| !given.option.replaces(before.option) || given.option.many);
            last.push(given);
        }
        for given in last {
            let same =
                |old: &Given| old.option.meaning() == given.option.meaning() && old.value == given.value;
            match read.replaced_by(given.option) {
                Some(old) if same(old) => {}
                Some(_) if given.option.many && read.options.iter().any(same) => {}
                Some(old) if !given.option.many => changes.push(changed(old, given, &there.words)),
                _ => match &given.value {
                    Some(value) if apart => {
                        more.push_str(&format!(" {} {}", given.option.name, quote(value)))
                    }
                    Some(value) => more.push_str(&format!(" {}={}", given.option.name, quote(value))),
                    None => more.push_str(&format!(" {}", given.option.name)),
                },
            }
        }
        if !more.is_empty() {
            changes.push((end..end, more));
        }
        Ok(self.apply(changes))
    }

    /// Takes options back from a command, and returns whether the text changed.
    ///
    /// `line` names the command as [`set`](Kickstart::set) does, and the options, with or without values:
    /// `part / --grow --maxsize`.
    pub fn unset(&mut self, line: &str) -> Result<bool, EditError> {
        let (whole, options) = without_values(line)?;
        let wanted = Wanted::read(&whole)?;
        let mut changes: Vec<Change> = Vec::new();
        for there in self.commands().filter(|command| Identity::of(command) == wanted.identity) {
            let read = there.arguments();
            if there.fault.is_some() || !read.misfits.is_empty() {
                return Err(broken(line));
            }
            for given in
                read.options.iter().filter(|given| options.iter().any(|name| *name == given.option.meaning()))
            {
                let from = there.words.iter().rev().find(|word| word.span().end <= given.span.start);
                let from = from.map_or(given.span.start, |word| word.span().end);
                changes.push((from..given.value_span.end.max(given.span.end), String::new()));
            }
        }
        Ok(self.apply(changes))
    }

    /// Takes out all lines about the same thing as `line`, and returns whether the text changed.
    ///
    /// `line` names it as [`set`](Kickstart::set) does: `part /home`, `repo --name=extra`, `bootloader`.
    pub fn remove(&mut self, line: &str) -> Result<bool, EditError> {
        let wanted = Wanted::read(line)?;
        let commands = self.commands().filter(|command| Identity::of(command) == wanted.identity);
        let spans: Vec<Range<usize>> = commands.map(|command| command.span).collect();
        self.cut(&spans);
        Ok(!spans.is_empty())
    }

    /// Applies changes that do not overlap.
    fn apply(&mut self, mut changes: Vec<Change>) -> bool {
        changes.sort_by_key(|(span, _)| (span.start, span.end)); // what is put in goes before what is taken out
        self.replace(&changes);
        !changes.is_empty()
    }
}

fn broken(line: &str) -> EditError {
    EditError::Mistaken { line: line.to_owned(), why: "the line that is there is broken".to_owned() }
}

/// Puts new plain arguments in place of the old; without new ones the old stay.
fn plain_changes(new: &[Word<'_>], old: &[Word<'_>], changes: &mut Vec<Change>, more: &mut String) {
    if new.is_empty() {
        return;
    }
    for (index, word) in new.iter().enumerate() {
        match old.get(index) {
            Some(old) if old.text == word.text => {}
            Some(old) => changes.push((old.span(), written(&word.text))),
            None => more.push_str(&format!(" {}", written(&word.text))),
        }
    }
    let rest = old.iter().skip(new.len().max(1));
    changes.extend(rest.map(|word| (word.start - 1..word.span().end, String::new())));
}

/// Returns the change that gives an option another value, where and as it stands.
fn changed(old: &Given, new: &Given, words: &[Word<'_>]) -> Change {
    let value = new.value.as_deref().unwrap_or_default();
    let word =
        words.iter().find(|word| word.span().start <= old.span.start && old.span.end <= word.span().end);
    let whole = word.map_or(old.span.clone(), Word::span);
    let same = old.option.meaning() == new.option.meaning();
    let name = if same { old.written.as_str() } else { new.option.name };
    let plain = word.is_some_and(|word| word.raw.starts_with(&format!("{name}=")));
    let own_word = old.value_span.start >= whole.end;
    match (&old.value, new.value.is_some()) {
        (Some(_), true) if same && (plain || own_word) => (old.value_span.clone(), quote(value).into_owned()),
        (_, true) => (whole.start..old.value_span.end.max(whole.end), format!("{name}={}", quote(value))),
        (_, false) => (whole.start..old.value_span.end.max(whole.end), name.to_owned()),
    }
}

/// Returns the line without the options to take back, which keep nothing but their names; the key stays.
fn without_values(line: &str) -> Result<(String, Vec<String>), EditError> {
    let (words, _) = crate::words::split(line, 0);
    let row = words.first().and_then(|word| crate::table::command(&word.text));
    let key = row.and_then(|row| match row.key {
        crate::table::Key::Option(name) => Some(name),
        _ => None,
    });
    let (mut kept, mut options) = (Vec::new(), Vec::new());
    let mut words = words.iter().map(|word| word.text.as_ref()).peekable();
    while let Some(word) = words.next() {
        let name = word.split('=').next().unwrap_or_default();
        let option = row.filter(|row| !row.free).and_then(|row| row.option(name));
        match option {
            Some(option) if Some(option.name) != key => options.push(option.meaning().to_owned()),
            Some(option) if !word.contains('=') && option.value != Value::Flag => {
                kept.push(written(word));
                kept.extend(words.next().map(written));
            }
            None if word.starts_with("--") => {
                let why = format!("there is no option `{name}`");
                return Err(EditError::Mistaken { line: line.to_owned(), why });
            }
            _ => kept.push(written(word)),
        }
    }
    if options.is_empty() {
        return Err(EditError::Mistaken { line: line.to_owned(), why: "it names no option".into() });
    }
    Ok((kept.join(" "), options))
}
