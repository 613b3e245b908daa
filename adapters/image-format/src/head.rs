//! The first bytes of an image, unpacked as far as somebody asks.

use std::io::{self, Read};

/// The first bytes of a stream.
pub(crate) struct Head<R> {
    stream: R,
    kept: Vec<u8>,
    ended: bool,
    broke: Option<io::Error>,
}

impl<R: Read> Head<R> {
    pub(crate) fn new(stream: R) -> Head<R> {
        Head { stream, kept: Vec::new(), ended: false, broke: None }
    }

    /// The first so many bytes, or all that can be had.
    pub(crate) fn first(&mut self, wanted: usize) -> &[u8] {
        while self.kept.len() < wanted && !self.ended {
            let before = self.kept.len();
            self.kept.resize(wanted, 0);
            let got = self.stream.read(&mut self.kept[before..]);
            self.kept.truncate(before + *got.as_ref().unwrap_or(&0));
            match got {
                Ok(0) => self.ended = true,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => (self.ended, self.broke) = (true, Some(error)),
            }
        }
        &self.kept[..wanted.min(self.kept.len())]
    }

    /// Why there are fewer bytes than were asked for, when the stream did not just end.
    pub(crate) fn take_error(&mut self) -> Option<io::Error> {
        self.broke.take()
    }

    /// Keeps an error that was taken, for whoever reads on.
    pub(crate) fn put_back(&mut self, error: Option<io::Error>) {
        self.broke = error;
    }

    /// The whole stream again, from its first byte on.
    pub(crate) fn into_stream(self) -> impl Read {
        let broke = self.broke;
        io::Cursor::new(self.kept).chain(Broken(broke)).chain(self.stream)
    }
}

/// Tells an error at the place where it was met.
struct Broken(Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
