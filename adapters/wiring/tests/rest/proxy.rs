//! A network that breaks: passes bytes on, and breaks off or falls silent after so many of the server's.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

/// What becomes of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cut {
    /// It ends after so many bytes.
    Ends(usize),
    /// Nothing more comes after so many bytes.
    Stalls(usize),
}

/// Something that listens, and passes on.
pub(crate) struct Proxy {
    pub(crate) address: String,
    connections: Receiver<()>,
}

impl Proxy {
    /// Does this to the first connections, one after the other, and passes on whatever comes then.
    pub(crate) fn start(server: &str, cuts: &[Cut]) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server = server.trim_start_matches("http://").to_owned();
        let mut cuts = cuts.to_vec().into_iter();
        let (came, connections) = channel();
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), TcpStream::connect(&server).unwrap());
                let cut = cuts.next();
                let _ = came.send(());
                let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                std::thread::spawn(move || pass_on(from, to, None));
                std::thread::spawn(move || pass_on(server, client, cut));
            }
        });
        Proxy { address, connections }
    }

    /// Returns how many connections there were.
    pub(crate) fn connections(&self) -> usize {
        self.connections.try_iter().count()
    }
}

fn pass_on(mut from: TcpStream, mut to: TcpStream, cut: Option<Cut>) {
    let (mut piece, mut passed) = ([0; 8192], 0);
    while let Ok(read @ 1..) = from.read(&mut piece) {
        passed += read;
        match cut {
            Some(Cut::Ends(most)) if passed > most => break,
            Some(Cut::Stalls(most)) if passed > most => std::thread::park(),
            _ => {}
        }
        if to.write_all(&piece[..read]).is_err() {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}
