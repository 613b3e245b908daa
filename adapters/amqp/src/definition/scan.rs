//! The steps of a definition in Ruby or in radial text.

use super::{Step, is_define};

/// A piece of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Piece<'a> {
    Word(&'a str),
    Text(&'a str),
    Sign(char),
    /// Here a new step may begin.
    Break,
}

use Piece::{Break, Sign, Text, Word};

/// Reads the steps that begin a line or a block. Texts with strings that are hard to find the end of have none.
pub(super) fn steps(text: &str) -> Vec<Step> {
    let hard = ["<<", "%q", "%Q", "%w", "%W", "%i", "%(", "%{", "%[", "%<", "%|", "%!", "=begin"];
    if hard.iter().any(|mark| text.contains(mark)) {
        return Vec::new();
    }
    let Some(pieces) = pieces(text.split("\n__END__").next().unwrap_or_default()) else { return Vec::new() };
    let mut steps: Vec<Step> = Vec::new();
    for line in pieces.split(|piece| *piece == Break) {
        let line = match line {
            [Word("Ruote"), Sign('.'), rest @ ..] => rest,
            // a value that is kept: `pdef = Ruote.define …`
            [Word(_), Sign('='), Word("Ruote"), Sign('.'), rest @ ..] => rest,
            line => line,
        };
        let [Word(word), rest @ ..] = line else { continue };
        let word = word.replace('-', "_");
        let word = word.trim_start_matches('_').to_owned();
        let is_step = !matches!(rest, [Sign('.' | '=' | ':' | '?' | '&' | '[' | '+' | '-'), ..])
            || matches!(rest, [Sign(':'), Word(_), ..] if glued(text, &rest[1]));
        if is_step && (!steps.is_empty() || is_define(&word)) {
            let called = called(&word, rest);
            steps.push(Step { word, called });
        }
    }
    steps
}

/// `:key`, where `key: ` would be the key of a value.
fn glued(text: &str, piece: &Piece<'_>) -> bool {
    let Word(word) = piece else { return false };
    let at = (word.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    text[..at].ends_with(':')
}

/// Finds what follows `name` or `ref`, else the text in front.
fn called(word: &str, line: &[Piece<'_>]) -> Option<String> {
    let line = line.strip_prefix(&[Sign('(')]).unwrap_or(line);
    let key = if is_define(word) { "name" } else { "ref" };
    let value = |rest: &[Piece<'_>]| match rest {
        [Text(text), ..] => Some((*text).to_owned()),
        [Sign(':'), Word(text), ..] | [Word(text), ..] => Some((*text).to_owned()),
        _ => None,
    };
    let keyed = (0..line.len()).find_map(|at| match &line[at..] {
        [Word(it), Sign('='), Sign('>'), rest @ ..] if *it == key => value(rest),
        [Word(it), Sign(':'), rest @ ..] if *it == key => value(rest),
        _ => None,
    });
    let is_key = matches!(line, [_, Sign(':' | '='), ..] | [Sign(':'), _, Sign('='), ..]);
    keyed.or_else(|| (!is_key).then(|| value(line)).flatten())
}

/// Cuts a text into pieces; `None` where a string does not end.
fn pieces(text: &str) -> Option<Vec<Piece<'_>>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
        let end = match letter {
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '\'' | '"' => {
                let end = closing(rest, letter)?;
                pieces.push(Text(&rest[1..end]));
                end + 1
            }
            letter if letter.is_alphabetic() || letter == '_' => {
                let end = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
                pieces.push(if matches!(&rest[..end], "do" | "then" | "else") {
                    Break
                } else {
                    Word(&rest[..end])
                });
                end
            }
            '\n' if !matches!(
                pieces.last(),
                Some(Sign(',' | '(' | '[' | '.' | '\\' | '=' | '>' | '+' | '&'))
            ) =>
            {
                pieces.push(Break);
                1
            }
            '{' | '}' | ';' | '|' => {
                pieces.push(Break);
                1
            }
            letter => {
                pieces.extend((!letter.is_whitespace()).then_some(Sign(letter)));
                letter.len_utf8()
            }
        };
        rest = &rest[end..];
    }
    Some(pieces)
}

/// Finds the quote at the end of the string at the beginning of a text.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => drop(letters.next()),
            letter if letter == quote => return Some(at),
            _ => {}
        }
    }
    None
}
