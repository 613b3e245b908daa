//! Running a parser we did not write on a text we do not know.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Longer than any definition a person writes; a text of this length is read in a quarter of a second at worst.
const LONGEST: usize = 64 * 1024;
/// Enough for trees as deep as the longest text can make them (measured: 64 Ki brackets need less than half).
const STACK: usize = 256 << 20;
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs `read` where a panic, a deep tree or an endless loop of it does no harm; says which of them it was.
pub(crate) fn guarded<T: Send + 'static>(
    length: usize,
    read: impl FnOnce() -> T + Send + 'static,
) -> Result<T, String> {
    if length > LONGEST {
        return Err(format!("the text has {length} bytes: definitions are read up to {LONGEST}"));
    }
    let (result, wait) = mpsc::channel();
    let work = move || {
        let _ = result.send(catch_unwind(AssertUnwindSafe(read)));
    };
    let reader = thread::Builder::new().name("definition".into()).stack_size(STACK).spawn(work);
    reader.map_err(|error| format!("cannot start reading: {error}"))?;
    match wait.recv_timeout(PATIENCE) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(_)) | Err(mpsc::RecvTimeoutError::Disconnected) => {
            Err("the parser breaks on this text".into())
        }
        Err(mpsc::RecvTimeoutError::Timeout) => Err("the parser does not come to an end on this text".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_answer() {
        let answer = guarded(1, || -> u8 { panic!("this panic is part of a test") });
        assert_eq!(answer.unwrap_err(), "the parser breaks on this text");
    }
}
