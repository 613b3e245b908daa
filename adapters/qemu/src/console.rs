//! The serial console of a machine.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{Mutex as AsyncMutex, watch};

/// So much of the end of what was printed is kept.
const KEPT: usize = 1 << 20;
/// A file gets so much of the beginning: a guest that never stops printing fills no disk.
const FILE: usize = 16 << 20;
/// So many lines, and so many bytes, are quoted.
const LINES: usize = 15;
const QUOTED: usize = 2000;

/// What a machine prints, and its keyboard; clones are the same console.
#[derive(Clone, Debug)]
pub struct Console {
    text: Arc<Mutex<Text>>,
    news: watch::Receiver<()>,
    keyboard: Arc<AsyncMutex<OwnedWriteHalf>>,
}

#[derive(Debug, Default)]
struct Text {
    kept: Vec<u8>,
    /// Bytes that were printed before those kept.
    gone: usize,
    over: bool,
}

impl Console {
    /// Listens to a socket from now to its end, and copies what it says into a file.
    pub(crate) fn listen(socket: UnixStream, file: Option<&Path>) -> io::Result<Console> {
        let file = file.map(File::create).transpose()?;
        let (hears, keyboard) = socket.into_split();
        let (tell, news) = watch::channel(());
        let text = Arc::new(Mutex::new(Text::default()));
        tokio::spawn(hear(hears, text.clone(), tell, file));
        Ok(Console { text, news, keyboard: Arc::new(AsyncMutex::new(keyboard)) })
    }

    /// Types a text; `\n` is the return key.
    pub async fn write(&self, text: &str) -> io::Result<()> {
        self.keyboard.lock().await.write_all(text.as_bytes()).await
    }

    /// Reads from the beginning, or from what is still kept of it.
    pub fn reader(&self) -> Reader {
        Reader { console: self.clone(), at: 0 }
    }

    /// Returns all that is kept: the last megabyte.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.text.lock().expect("reading does not panic").kept).into_owned()
    }

    /// Returns the last lines as they can be quoted: without colours, blank lines and other control characters.
    pub fn tail(&self) -> String {
        let text = self.text.lock().expect("reading does not panic");
        let from = text.kept.len().saturating_sub(4 * QUOTED);
        let plain = plain(&String::from_utf8_lossy(&text.kept[from..]));
        let lines: Vec<_> = plain.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
        let mut quoted = lines[lines.len().saturating_sub(LINES)..].join("\n");
        while quoted.len() > QUOTED {
            quoted = quoted.split_once('\n').map_or(String::new(), |(_, rest)| rest.to_owned());
        }
        quoted
    }
}

async fn hear(
    mut hears: OwnedReadHalf,
    text: Arc<Mutex<Text>>,
    tell: watch::Sender<()>,
    mut file: Option<File>,
) {
    let (mut buffer, mut room) = ([0; 8192], FILE);
    while let Ok(read @ 1..) = hears.read(&mut buffer).await {
        if let Some(file) = &mut file {
            // A full disk must not end the machine.
            let _ = file.write_all(&buffer[..read.min(room)]);
            room -= read.min(room);
        }
        let mut text = text.lock().expect("hearing does not panic");
        text.kept.extend_from_slice(&buffer[..read]);
        if text.kept.len() > 2 * KEPT {
            let gone = text.kept.len() - KEPT;
            text.kept.drain(..gone);
            text.gone += gone;
        }
        drop(text);
        let _ = tell.send(());
    }
    text.lock().expect("hearing does not panic").over = true;
    let _ = tell.send(());
}

/// Leaves out what moves the cursor, colours and other control characters, but for the ends of lines.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\u{1b}' if letters.peek() == Some(&'[') => {
                letters.next();
                while letters.next().is_some_and(|letter| !letter.is_ascii_alphabetic()) {}
            }
            '\n' => plain.push('\n'),
            '\t' => plain.push(' '),
            letter if letter.is_control() => {}
            letter => plain.push(letter),
        }
    }
    plain
}

/// A place in what a console prints.
#[derive(Clone, Debug)]
pub struct Reader {
    console: Console,
    at: usize,
}

impl Reader {
    /// Waits for a text and returns everything up to its end; none when the console ended without it.
    ///
    /// What was read stays read only when the text came: whoever gives up waiting may look for another.
    pub async fn until(&mut self, text: &str) -> Option<String> {
        self.take(|unread| {
            let found = unread.windows(text.len().max(1)).position(|there| there == text.as_bytes());
            found.map(|at| at + text.len())
        })
        .await
    }

    /// Waits for the end of a line and returns the line; none when the console ended.
    pub async fn line(&mut self) -> Option<String> {
        let line = self.take(|unread| unread.iter().position(|byte| *byte == b'\n').map(|at| at + 1)).await?;
        Some(line.trim_end_matches(['\r', '\n']).to_owned())
    }

    async fn take(&mut self, find: impl Fn(&[u8]) -> Option<usize>) -> Option<String> {
        let mut news = self.console.news.clone();
        let mut told = true;
        loop {
            news.mark_unchanged();
            {
                let text = self.console.text.lock().expect("reading does not panic");
                let from = self.at.max(text.gone);
                let unread = &text.kept[from - text.gone..];
                if let Some(length) = find(unread) {
                    self.at = from + length;
                    return Some(String::from_utf8_lossy(&unread[..length]).into_owned());
                }
                if text.over || !told {
                    return None;
                }
            }
            told = news.changed().await.is_ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn texts_and_lines_are_waited_for_and_the_keyboard_is_heard() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("console");
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let console = Console::listen(ours, Some(&file)).unwrap();
        let (mut reader, mut other) = (console.reader(), console.reader());
        theirs.write_all(b"\x1b[1;31mhello\x1b[0m\r\nlogin").await.unwrap();
        let (asked, ()) = tokio::join!(reader.until("login: "), async {
            tokio::task::yield_now().await;
            theirs.write_all(b": ").await.unwrap();
        });
        assert!(asked.unwrap().ends_with("hello\x1b[0m\r\nlogin: "));
        console.write("root\n").await.unwrap();
        let mut typed = [0; 5];
        theirs.read_exact(&mut typed).await.unwrap();
        assert_eq!(&typed, b"root\n");

        drop(theirs);

        assert_eq!(reader.until("never").await, None);
        assert_eq!(other.line().await.unwrap(), "\x1b[1;31mhello\x1b[0m");
        assert_eq!(other.line().await, None, "a line that was not finished is none");
        assert_eq!(console.tail(), "hello\nlogin:");
        assert!(std::fs::read_to_string(&file).unwrap().ends_with("login: "));
    }

    #[tokio::test]
    async fn of_a_guest_that_never_stops_only_the_end_is_kept() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let console = Console::listen(ours, None).unwrap();
        let mut reader = console.reader();
        for number in 0..40_000 {
            theirs.write_all(format!("line {number} {}\n", "x".repeat(100)).as_bytes()).await.unwrap();
        }
        drop(theirs);

        reader.until("line 39999 ").await.unwrap();

        assert!(console.text().len() <= 2 * KEPT);
        assert!(console.tail().lines().count() <= LINES && console.tail().len() <= QUOTED);
    }
}
