//! Command lines in canonical form.

use crate::command::Command;
use crate::edit::written;
use crate::lines::without_ending;
use crate::words::Word;

/// Returns the line of a command; `text` is the whole file.
pub(super) fn line(command: &Command<'_>, text: &[u8]) -> Vec<u8> {
    let content = without_ending(&text[command.span.clone()]);
    let Some(last) = command.words.last().filter(|_| command.fault.is_none()) else {
        return content.trim_ascii().to_vec();
    };
    let mut line = words(command).join(" ").into_bytes();
    let comment = content[last.span().end - command.span.start..].trim_ascii();
    if !comment.is_empty() {
        line.push(b' ');
        line.extend_from_slice(comment);
    }
    line
}

/// Returns the words of a command, each option with its whole name and its value.
pub(crate) fn words(command: &Command<'_>) -> Vec<String> {
    let read = if command.name().starts_with('%') {
        let row = crate::table::section(command.name());
        row.map(|row| crate::Arguments::read(command.operands(), row))
    } else {
        command.row().map(|_| command.arguments())
    };
    let options = read.map(|read| read.options).unwrap_or_default();
    let mut options = options.into_iter().peekable();
    let mut words: Vec<String> = Vec::new();
    let mut value_at = None;
    for word in &command.words {
        if words.is_empty() && !crate::table::is_known(&word.text) {
            words.push(word.raw.to_owned()); // what is not known may mind its quotes
            continue;
        }
        if value_at == Some(word.start) {
            continue; // written with its option
        }
        let here = |span: &std::ops::Range<usize>| word.start <= span.start && span.end <= end(word);
        match options.next_if(|given| here(&given.span)) {
            Some(given) => {
                value_at = given.value.is_some().then_some(given.value_span.start);
                words.push(match given.value {
                    Some(value) => written(&format!("{}={value}", given.option.name)),
                    None => given.option.name.to_owned(),
                });
            }
            None => words.push(written(&word.text)),
        }
    }
    words
}

fn end(word: &Word<'_>) -> usize {
    word.span().end
}
