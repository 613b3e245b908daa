//! Scripts and other sections put in and taken out.

use std::ops::Range;

use crate::check::{Rules, check_with};
use crate::document::Kickstart;
use crate::edit::EditError;
use crate::edit::place::put_section;
use crate::edit::quote::safe;
use crate::items::Item;
use crate::lines::{is_blank, lines};
use crate::section::Section;

impl Kickstart {
    /// Adds a section such as a script, and returns whether the text changed.
    ///
    /// `header` is its opening line, `%post --nochroot`; `body` is what stands between that and `%end`. It goes behind
    /// the last section of its kind. Nothing happens when the same section is there already. A body that would end
    /// the section, or include a file, is refused.
    ///
    /// ```
    /// use img_kickstart::Kickstart;
    ///
    /// let mut ks = Kickstart::parse("%packages\nvim\n%end\n");
    /// assert_eq!(ks.add_section("%post", "rm -rf /tmp/*\n"), Ok(true));
    /// assert_eq!(ks.add_section("%post", "rm -rf /tmp/*\n"), Ok(false));
    /// assert_eq!(ks.to_string(), "%packages\nvim\n%end\n\n%post\nrm -rf /tmp/*\n%end\n");
    /// # Ok::<(), img_kickstart::EditError>(())
    /// ```
    pub fn add_section(&mut self, header: &str, body: &str) -> Result<bool, EditError> {
        let header = safe("opening line", header)?.trim();
        let body = body.strip_suffix('\n').map_or(body, |body| body.strip_suffix('\r').unwrap_or(body));
        let alone = Kickstart::parse(format!("{header}\n{body}\n%end\n"));
        let wrong = |why: String| EditError::Mistaken { line: header.to_owned(), why };
        let mut items = alone.items();
        let (Some(Item::Section(new)), None) = (items.next(), items.next()) else {
            return Err(wrong("it is not one section".into()));
        };
        if new.end_line.is_none() || new.lines().count() != body.split('\n').count() {
            return Err(wrong("its body ends it".into()));
        }
        if let Some(found) =
            check_with(&alone, &Rules::default()).into_iter().find(crate::Diagnostic::is_error)
        {
            return Err(wrong(found.advice()));
        }
        let same = |section: &Section<'_>| {
            words(section) == words(&new)
                && section.lines().map(|(_, line)| line).eq(new.lines().map(|(_, line)| line))
        };
        if self.sections().any(|section| same(&section)) {
            return Ok(false);
        }
        let mut block = vec![header.to_owned()];
        block.extend(body.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line).to_owned()));
        block.push("%end".to_owned());
        put_section(self, new.name(), block);
        Ok(true)
    }

    /// Takes out all sections called `name`, and returns whether there were any.
    pub fn remove_sections(&mut self, name: &str) -> bool {
        let sections = self.sections().filter(|section| section.name() == name);
        let spans: Vec<Range<usize>> = sections.map(|section| whole(self, &section)).collect();
        self.cut(&spans);
        !spans.is_empty()
    }

    /// Takes out the section number `index`, counted from 0 among those called `name`, and returns whether there was one.
    ///
    /// The number is that of a place: the next time another section stands there.
    pub fn remove_section(&mut self, name: &str, index: usize) -> bool {
        let Some(span) =
            self.sections().filter(|section| section.name() == name).nth(index).map(|s| whole(self, &s))
        else {
            return false;
        };
        self.cut(&[span]);
        true
    }
}

fn words(section: &Section<'_>) -> Vec<String> {
    section.header.words.iter().map(|word| word.text.to_string()).collect()
}

/// Returns the lines of a section with its `%end`, and one blank line when it stands between two.
fn whole(ks: &Kickstart, section: &Section<'_>) -> Range<usize> {
    let text = ks.as_bytes();
    let mut end = section.body_span.end;
    let line_at = |at: usize| lines(&text[at..], 1, at).next();
    if section.end_line.is_some() {
        end = line_at(end).map_or(end, |line| line.span().end);
    }
    let start = section.header.span.start;
    let before = text[..start].split_inclusive(|byte| *byte == b'\n').next_back();
    let after = line_at(end);
    if before.is_none_or(is_blank) {
        end = after.filter(|line| is_blank(line.text)).map_or(end, |line| line.span().end);
    }
    start..end
}
