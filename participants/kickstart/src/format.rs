//! The same kickstart in one way of writing, for whoever asks for it.

mod lists;
mod paper;
mod words;

use crate::document::Kickstart;
use crate::items::Item;
use crate::lines::{head, is_blank, lines};
use crate::section::Section;
use paper::Paper;
use words::line;
pub(crate) use words::words;

impl Kickstart {
    /// Returns the same kickstart in canonical form.
    ///
    /// One blank stands between words, whole option names with `=` before their values, quotes only where they are
    /// needed, no blanks around lines, one blank line around sections, `\n` at each end. Comments stay, and what
    /// scripts say stays byte for byte. A line that is broken stays as it is. It means the same as before, and the
    /// canonical form of the canonical form is itself.
    ///
    /// ```
    /// use img_kickstart::Kickstart;
    ///
    /// let ks = Kickstart::parse("part  /  --size 400   --fsopt 'a b'#x\n%packages\n  vim\n%end");
    /// assert_eq!(ks.formatted().to_string(), "part / --size=400 --fsoptions=\"a b\" #x\n\n%packages\nvim\n%end\n");
    /// ```
    pub fn formatted(&self) -> Kickstart {
        let text = self.as_bytes();
        let mut paper = Paper::default();
        let mut read = 0;
        for item in self.items() {
            let span = item.span();
            between(&text[read..span.start], matches!(item, Item::Section(_)), &mut paper);
            read = match item {
                Item::Command(command) => {
                    paper.line(&line(&command, text));
                    span.end
                }
                Item::StrayEnd(_) => {
                    paper.line(text[span.clone()].trim_ascii());
                    span.end
                }
                Item::Section(section) => write_section(&section, text, &mut paper),
            };
        }
        between(&text[read..], false, &mut paper);
        Kickstart::parse(paper.finish())
    }
}

/// Writes blank lines and comments; a comment right above a section belongs to it.
fn between(text: &[u8], section: bool, paper: &mut Paper) {
    let all: Vec<&[u8]> = lines(text, 1, 0).map(|line| line.text.trim_ascii()).collect();
    let own = all.iter().rev().take_while(|line| head(line).starts_with('#')).count();
    for (index, line) in all.iter().enumerate() {
        if section && index == all.len() - own {
            paper.blank();
        }
        if is_blank(line) { paper.blank() } else { paper.line(line) }
    }
    if section && own == 0 {
        paper.blank();
    }
}

/// Writes a section and returns where the next thing starts.
fn write_section(section: &Section<'_>, text: &[u8], paper: &mut Paper) -> usize {
    paper.line(&line(&section.header, text));
    let list = matches!(section.name(), "%packages" | "%prepackages" | "%attachment");
    if list {
        lists::write(section, paper);
    } else {
        paper.verbatim(section.body);
    }
    let mut end = section.body_span.end;
    if section.end_line.is_some() {
        if let Some(line) = lines(&text[end..], 1, end).next() {
            paper.end(line.text.trim_ascii());
            end = line.span().end;
        }
        paper.blank();
    } else {
        paper.leave_open();
    }
    end
}
