//! The grammar of radial text, rule by rule as ruote's `radial.rb` has it; the first rule that fits is taken.

use crate::outline::branch::{Attribute, Branch, Value};
use crate::outline::lines::Lines;

/// What is left of the text.
pub(super) struct Grammar<'a> {
    text: &'a str,
    lines: &'a Lines<'a>,
    at: usize,
    first: bool,
}

/// One step, with the spaces before it.
pub(super) struct Line {
    pub(super) indent: usize,
    pub(super) step: Branch,
    pub(super) at: usize,
}

impl<'a> Grammar<'a> {
    pub(super) fn new(text: &'a str, lines: &'a Lines<'a>) -> Grammar<'a> {
        Grammar { text, lines, at: 0, first: true }
    }

    /// Reads the next line with a step on it.
    pub(super) fn line(&mut self) -> Option<Line> {
        while std::mem::take(&mut self.first) || self.eat("\n") {
            let line = self.tried(Grammar::step);
            if line.is_none() {
                self.skip(|letter| letter == ' ' || letter == '\t');
            }
            self.comment();
            if line.is_some() {
                return line;
            }
        }
        None
    }

    /// Where the text stopped to be radial.
    pub(super) fn stuck(&self) -> Option<usize> {
        let spaces = self.text.len() - self.text[self.at..].trim_start_matches(' ').len();
        (self.at < self.text.len()).then_some(spaces)
    }

    fn step(&mut self) -> Option<Line> {
        let indent = self.skip(|letter| letter == ' ').len();
        let at = self.at;
        let name = self.some(|letter| !" \n#\"',".contains(letter))?;
        let mut attributes = Vec::new();
        let first = |it: &mut Self| {
            if !it.comma() {
                it.some(|letter| letter == ' ' || letter == '\t')?;
            }
            it.attribute()
        };
        if let Some(attribute) = self.tried(first) {
            attributes.push(attribute);
            while let Some(attribute) = self.tried(|it| it.comma().then(|| it.attribute())?) {
                attributes.push(attribute);
            }
        }
        let plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        let name = if plain { name.replace('-', "_") } else { name.into() };
        let step = Branch { name, attributes, children: Vec::new(), at: self.lines.place(at) };
        Some(Line { indent, step, at })
    }

    fn attribute(&mut self) -> Option<Attribute> {
        let at = self.lines.place(self.at);
        if let Some((key, value)) = self.tried(Grammar::entry) {
            return Some(Attribute { key: Value::Text(key.replace('-', "_")), value, at });
        }
        Some(Attribute { key: self.value()?, value: Value::Nothing, at })
    }

    fn entry(&mut self) -> Option<(String, Value)> {
        let key = self
            .string()
            .or_else(|| self.null().map(|_| String::new()))
            .or_else(|| self.pattern())
            .or_else(|| self.word())?;
        self.spaces();
        (self.eat(":") || self.eat("=>")).then_some(())?;
        self.spaces();
        Some((key, self.value()?))
    }

    fn value(&mut self) -> Option<Value> {
        self.tried(Grammar::array)
            .or_else(|| self.tried(Grammar::object))
            .or_else(|| self.string().map(Value::Text))
            .or_else(|| self.tried(Grammar::number))
            .or_else(|| {
                ["true", "false"].into_iter().find(|word| self.eat(word)).map(|it| Value::Other(it.into()))
            })
            .or_else(|| self.null())
            .or_else(|| self.pattern().map(Value::Other))
            .or_else(|| self.word().map(Value::Text))
    }

    fn array(&mut self) -> Option<Value> {
        self.listed("[", "]", Grammar::value).map(Value::List)
    }

    fn object(&mut self) -> Option<Value> {
        self.listed("{", "}", Grammar::entry).map(Value::Map)
    }

    fn listed<T>(&mut self, begin: &str, end: &str, item: fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.eat(begin).then_some(())?;
        self.spaces();
        let mut items: Vec<T> = self.tried(item).into_iter().collect();
        while !items.is_empty() {
            let Some(next) = self.tried(|it| it.comma().then(|| item(it))?) else { break };
            items.push(next);
        }
        self.spaces();
        self.eat(end).then_some(items)
    }

    fn number(&mut self) -> Option<Value> {
        let written = self.some(|letter| letter.is_ascii_digit() || "+-.eE".contains(letter))?;
        let follows = self.text[self.at..].chars().next().is_none_or(|letter| " \n,".contains(letter));
        let read = follows && serde_json::from_str::<serde_json::Number>(written).is_ok();
        read.then(|| Value::Other(written.into()))
    }

    fn null(&mut self) -> Option<Value> {
        (self.eat("null") || self.eat("nil")).then_some(Value::Nothing)
    }

    fn string(&mut self) -> Option<String> {
        self.quoted('"').or_else(|| self.quoted('\''))
    }

    fn pattern(&mut self) -> Option<String> {
        self.quoted('/').map(|pattern| format!("/{pattern}/"))
    }

    fn word(&mut self) -> Option<String> {
        self.some(|letter| !letter.is_whitespace() && !":,=[]#".contains(letter)).map(ToOwned::to_owned)
    }

    /// Reads what stands between two of these, where a backslash takes the next letter as it is.
    fn quoted(&mut self, quote: char) -> Option<String> {
        let inside = self.text[self.at..].strip_prefix(quote)?;
        let mut text = String::new();
        let mut letters = inside.char_indices();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '\\' => text.push(letters.next().map(|(_, letter)| unescaped(letter))?),
                letter if letter == quote => {
                    self.at += quote.len_utf8() + at + quote.len_utf8();
                    return Some(text);
                }
                letter => text.push(letter),
            }
        }
        None
    }

    fn comma(&mut self) -> bool {
        let comma = |it: &mut Self| {
            it.spaces();
            it.eat(",").then(|| it.spaces())
        };
        self.tried(comma).is_some()
    }

    /// Spaces, over the ends of lines, with one comment among them.
    fn spaces(&mut self) {
        self.skip(char::is_whitespace);
        if self.eat("#") {
            self.skip(|letter| letter != '\n');
        }
        self.skip(char::is_whitespace);
    }

    /// Spaces and a comment up to the end of the line, or nothing.
    fn comment(&mut self) {
        let comment = |it: &mut Self| {
            it.skip(|letter| letter == ' ');
            if it.eat("#") {
                it.skip(|letter| letter != '\n');
            }
            it.text[it.at..].chars().next().is_none_or(|letter| letter == '\n').then_some(())
        };
        let _ = self.tried(comment);
    }

    fn tried<T>(&mut self, rule: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let before = self.at;
        let read = rule(self);
        if read.is_none() {
            self.at = before;
        }
        read
    }

    fn eat(&mut self, word: &str) -> bool {
        let there = self.text[self.at..].starts_with(word);
        self.at += if there { word.len() } else { 0 };
        there
    }

    fn skip(&mut self, is: impl Fn(char) -> bool) -> &'a str {
        let rest = &self.text[self.at..];
        let skipped = &rest[..rest.find(|letter| !is(letter)).unwrap_or(rest.len())];
        self.at += skipped.len();
        skipped
    }

    fn some(&mut self, is: impl Fn(char) -> bool) -> Option<&'a str> {
        Some(self.skip(is)).filter(|read| !read.is_empty())
    }
}

fn unescaped(letter: char) -> char {
    match letter {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        's' => ' ',
        letter => letter,
    }
}
