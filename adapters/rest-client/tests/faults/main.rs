//! Servers that break off, are busy, lie, or are none.
//!
//! Each answers from a script, word for word: a real `img up` does none of this when it is told to.

mod answers;
mod downloads;
mod follows;
mod scripted;
mod trust;

use std::time::Duration;

use rest_client::{Access, Address, Manners, Server, Token};

const ID: &str = "demo-20261128-193513";

fn access(address: &str) -> Access {
    let manners =
        Manners { pause: Duration::from_millis(5), away: Duration::from_secs(2), ..Manners::default() };
    let (address, token) = (Address::parse(address).unwrap(), Some(Token::parse("img_t").unwrap()));
    Access { address, token, ca_file: None, manners }
}

fn server(address: &str) -> Server {
    Server::new(access(address)).unwrap()
}

/// A job as a server shows it.
fn job(status: &str) -> String {
    format!(
        r#"{{"image_id":"{ID}","status":"{status}","name":"demo","image_type":"raw","arch":"x86_64","user":"ana","queue":"api","created":"2026-11-28T19:35:13Z","heard":"2026-11-28T19:35:13Z","done":null,"tags":["pinned"],"error":null,"test_result":null,"image_url":null,"files_url":null,"logfile_url":null,"of_a_later_version":1}}"#
    )
}
