//! TLS: whose certificates are believed.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;

use rest_client::{Access, ClientError, Server};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::scripted::json;
use crate::{ID, access, job};

#[tokio::test]
async fn a_certificate_is_believed_when_the_ca_file_says_so() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, made.cert.pem()).unwrap();
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()).into();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let (listener, config) = (TcpListener::bind("127.0.0.1:0").unwrap(), Arc::new(config));
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(config.clone()).unwrap();
            let mut stream = StreamOwned::new(connection, stream.unwrap());
            if stream.read(&mut [0; 4096]).is_ok() {
                let _ = stream.write_all(&json(&job("DONE"))(""));
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    let ask = |address: String, ca_file: Option<std::path::PathBuf>| async move {
        Server::new(Access { ca_file, ..access(&address) })?.show(&Server::id(ID).unwrap()).await
    };

    let tls = format!("https://localhost:{port}");
    assert!(ask(tls.clone(), Some(ca_file.clone())).await.unwrap().line.status.has_image());
    let error = ask(tls, None).await.unwrap_err();
    assert!(matches!(error, ClientError::NotTrusted { .. }), "{error}");
    let error = ask(format!("https://127.0.0.1:{port}"), Some(ca_file)).await.unwrap_err();
    assert!(matches!(error, ClientError::NotTrusted { .. }), "of another name: {error}");
    let error = ask("https://localhost:1".into(), Some("/nonexistent".into())).await.unwrap_err();
    assert!(error.to_string().contains("cannot use the CA file /nonexistent"), "{error}");

    let plain = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = plain.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut stream, _) = plain.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let error = ask(format!("https://localhost:{port}"), None).await.unwrap_err().to_string();
    assert!(error.contains("does not speak TLS"), "{error}");
}
