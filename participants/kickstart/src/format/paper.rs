//! Lines as they are written, with no two blank ones on end.

/// What is written so far.
#[derive(Default)]
pub(super) struct Paper {
    text: Vec<u8>,
    /// Whether a blank line comes before the next one.
    blank: bool,
    /// Whether what comes next ends a section that has no `%end`, to which a blank line would belong.
    open: bool,
}

impl Paper {
    /// Writes a line.
    pub(super) fn line(&mut self, line: &[u8]) {
        if self.blank && !self.text.is_empty() {
            self.text.push(b'\n');
        }
        (self.blank, self.open) = (false, false);
        self.text.extend_from_slice(line);
        self.text.push(b'\n');
    }

    /// Puts a blank line before what comes next, unless there is one, or nothing is written yet.
    pub(super) fn blank(&mut self) {
        self.blank = !self.open;
    }

    /// Writes what has its own way of writing; its last line gets an end.
    pub(super) fn verbatim(&mut self, text: &[u8]) {
        self.blank = false;
        self.text.extend_from_slice(text);
        if self.text.last().is_some_and(|byte| *byte != b'\n') {
            self.text.push(b'\n');
        }
    }

    /// Says that the section that was written has no end of its own.
    pub(super) fn leave_open(&mut self) {
        (self.blank, self.open) = (false, true);
    }

    /// Writes a line with no blank one before it.
    pub(super) fn end(&mut self, line: &[u8]) {
        self.blank = false;
        self.line(line);
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.text
    }
}
