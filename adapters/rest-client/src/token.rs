//! What is shown to a server.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::ClientError;

/// The longest file that is read for one.
const LONGEST: u64 = 4096;

/// A token; it is never shown to anybody but the server.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Takes a text for a token; spaces and line breaks around it do not matter.
    pub fn parse(text: &str) -> Result<Token, ClientError> {
        let text = text.trim();
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            let wrong = "the token should be one word of ASCII, as `img user token NAME` prints it";
            return Err(ClientError::Usage(wrong.into()));
        }
        Ok(Token(text.to_owned()))
    }

    /// Reads one from a file; the second value warns of a file that others can read.
    pub fn of_file(file: &Path) -> Result<(Token, Option<String>), ClientError> {
        let shown = file.display();
        let wrong = |why: String| ClientError::Usage(format!("cannot read the token file {shown}: {why}"));
        let about = std::fs::metadata(file).map_err(|error| wrong(error.to_string()))?;
        if about.is_file() && about.len() > LONGEST {
            return Err(wrong(format!("it has {} bytes, more than a token has", about.len())));
        }
        let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
        let token = Token::parse(&text).map_err(|error| wrong(error.to_string()))?;
        let is_open = about.is_file() && about.permissions().mode() & 0o077 != 0;
        let warning = is_open
            .then(|| format!("others can read the token file {shown}; `chmod 600 {shown}` keeps it to you"));
        Ok((token, warning))
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token") // it is nobody's business
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_from_a_file_of_ones_own() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        let write = |text: &str, mode| {
            std::fs::write(&file, text).unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            Token::of_file(&file)
        };
        assert_eq!(write("img_abc\n", 0o600).unwrap(), (Token("img_abc".into()), None));
        let (_, warning) = write("img_abc", 0o640).unwrap();
        assert!(warning.unwrap().contains("chmod 600"));
        for (text, words) in [("", "one word"), ("two words", "one word"), (&"x".repeat(5000), "5000 bytes")]
        {
            let error = write(text, 0o600).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
        let missing = Token::of_file(Path::new("/nonexistent")).unwrap_err().to_string();
        assert!(missing.contains("cannot read the token file /nonexistent"), "{missing}");
        assert_eq!(format!("{:?}", Token("img_abc".into())), "Token");
    }
}
