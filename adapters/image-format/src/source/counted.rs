//! A reader that counts what is used of it, and remembers what went wrong with the file itself.

use std::cell::{Cell, RefCell};
use std::io::{self, BufRead, Read};
use std::rc::Rc;

/// What a [`Counted`] saw, readable while somebody else has it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Count(Rc<Seen>);

#[derive(Debug, Default)]
struct Seen {
    used: Cell<u64>,
    ended: Cell<bool>,
    broke: RefCell<Option<io::Error>>,
}

impl Count {
    /// How many bytes were used.
    pub(crate) fn used(&self) -> u64 {
        self.0.used.get()
    }

    /// Whether somebody wanted more than there is.
    pub(crate) fn ended(&self) -> bool {
        self.0.ended.get()
    }

    /// The error of the file itself: what a decoder says of it may be anything.
    pub(crate) fn take_error(&self) -> Option<io::Error> {
        self.0.broke.borrow_mut().take()
    }
}

pub(crate) struct Counted<B> {
    file: B,
    count: Count,
}

impl<B: BufRead> Counted<B> {
    pub(crate) fn new(file: B) -> (Counted<B>, Count) {
        let count = Count::default();
        (Counted { file, count: count.clone() }, count)
    }

    pub(crate) fn ended(&self) -> bool {
        self.count.ended()
    }
}

impl<B: BufRead> Read for Counted<B> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let len = ready.len().min(bytes.len());
        bytes[..len].copy_from_slice(&ready[..len]);
        self.consume(len);
        Ok(len)
    }
}

impl<B: BufRead> BufRead for Counted<B> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        loop {
            match self.file.fill_buf() {
                Ok(_) => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let told = io::Error::new(error.kind(), error.to_string());
                    *self.count.0.broke.borrow_mut() = Some(error);
                    return Err(told);
                }
            }
        }
        let ready = self.file.fill_buf()?;
        self.count.0.ended.set(ready.is_empty());
        Ok(ready)
    }

    fn consume(&mut self, amount: usize) {
        self.count.0.used.set(self.used() + amount as u64);
        self.file.consume(amount);
    }
}

impl<B> Counted<B> {
    fn used(&self) -> u64 {
        self.count.0.used.get()
    }
}
