//! A web server of one folder, on a loopback address: dnf downloads from it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::thread;

/// Serves `folder` until this program ends, and returns its address.
pub(crate) fn serve(folder: PathBuf) -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/", listener.local_addr()?);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let folder = folder.clone();
            thread::spawn(move || {
                let _ = answer(&stream, &folder); // whoever asked is gone
            });
        }
    });
    Ok(url)
}

/// Answers one request after the other, on one connection.
fn answer(stream: &TcpStream, folder: &Path) -> io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    while let Some(request) = lines.next() {
        let request = request?;
        for header in lines.by_ref() {
            if header?.is_empty() {
                break;
            }
        }
        let path = request.split(' ').nth(1).unwrap_or_default().trim_start_matches('/');
        let path = percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned();
        let path = Path::new(&path);
        let sound = path.components().all(|part| matches!(part, Component::Normal(_)));
        let file = Some(path).filter(|_| sound).and_then(|path| File::open(folder.join(path)).ok());
        let mut stream = stream;
        match file {
            Some(mut file) => {
                let length = file.metadata()?.len();
                stream
                    .write_all(format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n").as_bytes())?;
                io::copy(&mut file, &mut stream)?;
            }
            None => stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")?,
        }
    }
    Ok(())
}
