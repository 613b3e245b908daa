//! Which server, and what is shown to it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use cli::{ServerArguments, say};
use rest_client::{Access, Address, ClientError, Manners, Server, Token};

/// Prepares to ask the server that was named.
pub(super) fn server(arguments: &ServerArguments) -> Result<Server, ClientError> {
    let address = named(arguments).ok_or_else(|| {
        let missing = "no server is named: say --server URL, or set IMG_SERVER; `img jobs` lists the jobs of the state folder";
        ClientError::Usage(missing.into())
    })?;
    let address = Address::parse(address)?;
    let token = token(arguments.token_file.as_deref())?;
    if token.is_some() && !address.is_private() {
        say(format_args!(
            "img: warning: the token goes to {address} as everybody on the way can read it; say https://"
        ));
    }
    let ca_file = arguments.ca_file.clone().filter(|file| !file.as_os_str().is_empty());
    Server::new(Access { address, token, ca_file, manners: Manners::default() })
}

/// Returns the address that was given, if any.
pub(crate) fn named(arguments: &ServerArguments) -> Option<&str> {
    arguments.server.as_deref().map(str::trim).filter(|address| !address.is_empty())
}

/// Finds the token: what was said comes before what is in the environment.
fn token(file: Option<&Path>) -> Result<Option<Token>, ClientError> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let of_file = |file: &Path| {
        let (token, warning) = Token::of_file(file)?;
        warning.iter().for_each(|warning| say(format_args!("img: warning: {warning}")));
        Ok(Some(token))
    };
    match (file, variable("IMG_TOKEN"), variable("IMG_TOKEN_FILE")) {
        (Some(file), _, _) => of_file(file),
        (None, Some(token), _) => Token::parse(token.to_str().unwrap_or_default())
            .map(Some)
            .map_err(|error| ClientError::Usage(format!("IMG_TOKEN: {error}"))),
        (None, None, Some(file)) => of_file(&PathBuf::from(AsRef::<OsStr>::as_ref(&file))),
        (None, None, None) => Ok(None),
    }
}
