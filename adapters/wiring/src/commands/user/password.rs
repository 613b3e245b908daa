//! Asking for a password without showing it.

use std::io::{IsTerminal, stdin};

use anyhow::{Context, Result, bail};
use cli::say;
use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};

/// Reads a password: twice from a terminal, which does not show it, or one line from a pipe.
pub(super) fn ask(name: &str) -> Result<String> {
    if !stdin().is_terminal() {
        return line();
    }
    let hidden = Hidden::begin()?;
    say(format_args!("img: new password of {name}:"));
    let password = line()?;
    say("img: the same again:");
    let again = line()?;
    drop(hidden);
    if password != again {
        bail!("these were two different passwords; nothing was changed");
    }
    Ok(password)
}

fn line() -> Result<String> {
    let mut line = String::new();
    stdin().read_line(&mut line).context("cannot read the password")?;
    if line.is_empty() {
        bail!("no password was given; nothing was changed");
    }
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}

/// A terminal that does not show what is typed, until this goes.
struct Hidden(Termios);

impl Hidden {
    fn begin() -> Result<Hidden> {
        let before = tcgetattr(stdin()).context("cannot hide what is typed")?;
        let mut hidden = before.clone();
        hidden.local_flags.remove(LocalFlags::ECHO);
        tcsetattr(stdin(), SetArg::TCSANOW, &hidden).context("cannot hide what is typed")?;
        Ok(Hidden(before))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        let _ = tcsetattr(stdin(), SetArg::TCSANOW, &self.0);
    }
}
