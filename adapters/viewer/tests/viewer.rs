//! A viewer that is there, one that is not, and things that are none. The web server is a stand-in for ruote-kit: it
//! says what ruote-kit says.

use std::io::{Read, Write};
use std::net::TcpListener;

use viewer::{Viewer, ViewerError};

/// Answers one request on a free port of this machine with these words.
fn serve(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let read = stream.read(&mut request).unwrap();
        let request = String::from_utf8_lossy(&request[..read]).to_lowercase();
        assert!(request.starts_with("get /_ruote/participants http/1.1"), "{request}");
        assert!(request.contains("accept: application/json"), "{request}");
        stream.write_all(answer.as_bytes()).unwrap();
    });
    address
}

#[tokio::test]
async fn a_viewer_lists_the_participants() {
    let body = r#"{"participants":[{"regex":"^p1$","classname":"BOSS::Participant","options":{"routing_key":"q"}}]}"#;
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let list = Viewer::at(&serve(answer.leak())).unwrap().participants().await.unwrap();
    assert_eq!((list[0].pattern.as_str(), list[0].queue()), ("^p1$", Some("q")));
}

#[tokio::test]
async fn what_is_no_viewer_is_named_as_such() {
    for address in ["", "boss.example:9292", "ftp://x", "https://boss.example"] {
        assert!(matches!(Viewer::at(address), Err(ViewerError::Address { .. })), "{address}");
    }
    let elsewhere = serve("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>");
    let error = Viewer::at(&elsewhere).unwrap().participants().await.unwrap_err();
    assert!(matches!(error, ViewerError::NotAViewer { .. }), "{error}");
    for broken in [
        "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Elsewhere\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        "garbage",
        "",
    ] {
        let error = Viewer::at(&serve(broken)).unwrap().participants().await.unwrap_err();
        assert!(
            matches!(error, ViewerError::Silent { .. } | ViewerError::NotAViewer { .. }),
            "{broken}: {error}"
        );
    }
    let nobody = Viewer::at("http://127.0.0.1:1").unwrap().participants().await.unwrap_err();
    assert_eq!(nobody.to_string(), "the viewer at http://127.0.0.1:1 does not answer");
}
