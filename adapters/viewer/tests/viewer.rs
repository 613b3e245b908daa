//! A viewer that is there, one that is not, and things that are none. The web server is a stand-in for ruote-kit: it
//! says what ruote-kit says.

use std::io::{Read, Write};
use std::net::TcpListener;

use viewer::{Viewer, ViewerError};

const STEP: &str = "0_0_0!c1eb469b37df660ece23920ffb5586b3!20261121-0739-deshiyodo-godemora";

/// Answers one request for the participants with these words.
fn serve(answer: &'static str) -> String {
    serve_at("/_ruote/participants", answer)
}

/// Answers one request on a free port of this machine with these words.
fn serve_at(path: &'static str, answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let read = stream.read(&mut request).unwrap();
        let request = String::from_utf8_lossy(&request[..read]).to_lowercase();
        assert!(request.starts_with(&format!("get {path} http/1.1")), "{request}");
        assert!(request.contains("accept: application/json\r\n"), "{request}");
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

/// Asks about a step and is answered so.
async fn waits(head: &str, body: &str) -> Result<bool, ViewerError> {
    let page = format!("/_ruote/expressions/{STEP}").leak();
    let answer = format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    Viewer::at(&serve_at(page, answer.leak())).unwrap().waits_for(STEP).await
}

#[tokio::test]
async fn the_engine_waits_for_a_step_until_ruote_kit_says_it_has_none() {
    let shown =
        r#"{"links":[],"expression":{"class":"Ruote::Exp::ParticipantExpression","state":null,"links":[]}}"#;
    assert!(waits("200 OK", shown).await.unwrap());
    let missing = r#"{"links":[],"http_error":{"code":404,"message":"resource not found","cause":""}}"#;
    assert!(!waits("404 Not Found", missing).await.unwrap());
}

#[tokio::test]
async fn whatever_else_is_said_leaves_it_open() {
    let missing = r#"{"http_error":{"code":404}}"#;
    for (head, body) in [
        ("404 Not Found", "<html>404</html>"),
        ("404 Not Found", ""),
        ("404 Not Found", r#"[{"code":404}]"#),
        ("404 Not Found", r#"{"error":"no route"}"#),
        ("404 Not Found", r#"{"http_error":"404"}"#),
        ("410 Gone", missing),
        ("500 Oops", missing),
        ("302 Elsewhere\r\nLocation: http://127.0.0.1:1/", missing),
        ("200 OK", missing),
        ("200 OK", "<html>"),
        ("204 Nothing", ""),
    ] {
        let said = waits(head, body).await;
        assert!(
            matches!(said, Err(ViewerError::NotAViewer { .. } | ViewerError::Silent { .. })),
            "{head} {body}: {said:?}"
        );
    }
    let nobody = Viewer::at("http://127.0.0.1:1").unwrap().waits_for(STEP).await;
    assert!(matches!(nobody, Err(ViewerError::Silent { .. })), "{nobody:?}");
    let odd = Viewer::at("http://127.0.0.1:1").unwrap().waits_for("0!s!w.json").await;
    assert!(matches!(odd, Err(ViewerError::NoStep { .. })), "{odd:?}");
}
