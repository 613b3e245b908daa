//! lz4's frames, one after the other. Each is read by `lz4_flex`, which takes the end of the file for the end of a frame
//! and does not go on with the next one; both are put right here.

use std::io::{self, BufRead, Read};

use lz4_flex::frame::FrameDecoder;

use super::{Counted, corrupt, cut, exactly};

pub(crate) struct Lz4<B: BufRead> {
    frame: FrameDecoder<Counted<B>>,
    inside: bool,
}

impl<B: BufRead> Lz4<B> {
    pub(crate) fn new(file: Counted<B>) -> Lz4<B> {
        Lz4 { frame: FrameDecoder::new(file), inside: false }
    }

    /// Whether there is another frame; goes past what is none and may be skipped.
    fn next(&mut self) -> io::Result<bool> {
        loop {
            let file = self.frame.get_mut();
            let ready = file.fill_buf()?;
            if ready.is_empty() {
                return Ok(false);
            }
            // a frame begins with 04, what may be skipped with 50 to 5f
            match ready[0] {
                0x04 => return Ok(true),
                0x50..=0x5f => {
                    let mut head = [0; 8];
                    exactly(file, &mut head, "the header of a part to be skipped")?;
                    if head[1..4] != [0x2a, 0x4d, 0x18] {
                        return Err(corrupt("what follows a frame is none"));
                    }
                    let len = u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]]));
                    if io::copy(&mut file.by_ref().take(len), &mut io::sink())? < len {
                        return Err(cut("the file ends in a part to be skipped"));
                    }
                }
                _ => return Err(corrupt("what follows a frame is none")),
            }
        }
    }
}

impl<B: BufRead> Read for Lz4<B> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        loop {
            if !self.inside {
                self.inside = self.next()?;
                if !self.inside {
                    return Ok(0);
                }
            }
            match self.frame.read(bytes)? {
                0 if self.frame.get_ref().ended() => return Err(cut("the file ends in a frame")),
                0 => self.inside = false,
                len => return Ok(len),
            }
        }
    }
}
