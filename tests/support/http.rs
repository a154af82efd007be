//! A client of HTTP/1.1 over a connection that is kept: as much of it as tests of a server on this machine need.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use greenlane::clock::Stopwatch;
use serde_json::Value;

pub(crate) const JSON: &str = "application/json";
pub(crate) const NDJSON: &str = "application/x-ndjson";

/// Longer than any answer takes, so that a test that would hang fails.
const PATIENCE: Duration = Duration::from_secs(90);
/// After this long the server may have closed the connection.
const FRESH: Duration = Duration::from_secs(2);

pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    kept: Option<(BufReader<TcpStream>, Stopwatch)>,
    /// What every request says of who calls.
    pub(crate) authorization: Option<String>,
    /// What every request says of its id.
    pub(crate) request_id: Option<String>,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// Each line of the body.
    pub(crate) fn lines(&self) -> Vec<Value> {
        let lines = self.body.split(|byte| *byte == b'\n');
        let lines = lines.filter(|line| !line.is_empty());
        lines
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect()
    }
}

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self {
            address,
            kept: None,
            authorization: None,
            request_id: None,
        }
    }

    pub(crate) fn get(&mut self, path: &str) -> io::Result<Reply> {
        self.send("GET", path, None, b"")
    }

    pub(crate) fn post(&mut self, path: &str, media_type: &str, body: &[u8]) -> io::Result<Reply> {
        self.send("POST", path, Some(media_type), body)
    }

    pub(crate) fn send(
        &mut self,
        method: &str,
        path: &str,
        media_type: Option<&str>,
        body: &[u8],
    ) -> io::Result<Reply> {
        let mut request = self.head(method, path, media_type);
        request.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
        request.extend_from_slice(body);
        self.connection()?.get_mut().write_all(&request)?;
        self.reply()
    }

    /// The answer to what was sent.
    pub(crate) fn reply(&mut self) -> io::Result<Reply> {
        let mut reply = self.reply_head()?;
        if reply.header("transfer-encoding") == Some("chunked") {
            while let Some(part) = self.part()? {
                reply.body.extend_from_slice(&part);
            }
        } else {
            let length = reply.header("content-length").unwrap_or("0");
            reply.body = vec![0; length.parse().map_err(io::Error::other)?];
            self.connection()?.read_exact(&mut reply.body)?;
        }
        if reply.header("connection") == Some("close") {
            self.kept = None;
        }
        Ok(reply)
    }

    fn head(&self, method: &str, path: &str, media_type: Option<&str>) -> Vec<u8> {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n", self.address);
        if let Some(authorization) = &self.authorization {
            head += &format!("Authorization: {authorization}\r\n");
        }
        if let Some(id) = &self.request_id {
            head += &format!("X-Request-Id: {id}\r\n");
        }
        if let Some(media_type) = media_type {
            head += &format!("Content-Type: {media_type}\r\n");
        }
        head.into_bytes()
    }

    fn connection(&mut self) -> io::Result<&mut BufReader<TcpStream>> {
        let fresh = |(_, used): &mut (_, Stopwatch)| used.elapsed() < FRESH;
        if !self.kept.as_mut().is_some_and(fresh) {
            let stream = TcpStream::connect(self.address)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            self.kept = Some((BufReader::new(stream), Stopwatch::start()));
        }
        match &mut self.kept {
            Some((stream, used)) => {
                *used = Stopwatch::start();
                Ok(stream)
            }
            None => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    /// The connection that a request is under way on, however long that takes.
    fn under_way(&mut self) -> io::Result<&mut BufReader<TcpStream>> {
        let kept = self.kept.as_mut();
        kept.map(|(stream, _)| stream)
            .ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    // ----- streams: a body sent in parts, an answer read in parts -----

    /// Begins a request whose body comes in parts.
    pub(crate) fn begin(&mut self, path: &str, media_type: &str) -> io::Result<()> {
        self.kept = None;
        let mut head = self.head("POST", path, Some(media_type));
        head.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n");
        self.connection()?.get_mut().write_all(&head)
    }

    /// A part of the body.
    pub(crate) fn send_part(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut part = format!("{:x}\r\n", bytes.len()).into_bytes();
        part.extend_from_slice(bytes);
        part.extend_from_slice(b"\r\n");
        self.under_way()?.get_mut().write_all(&part)
    }

    /// The end of the body.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        self.under_way()?.get_mut().write_all(b"0\r\n\r\n")
    }

    /// The status and headers of the answer; its body is still to come.
    pub(crate) fn reply_head(&mut self) -> io::Result<Reply> {
        let stream = self.under_way()?;
        let first = line(stream)?;
        let status = first.split(' ').nth(1).unwrap_or_default();
        let mut reply = Reply {
            status: status.parse().map_err(io::Error::other)?,
            headers: Vec::new(),
            body: Vec::new(),
        };
        loop {
            let header = line(stream)?;
            let Some((name, value)) = header.split_once(':') else {
                return Ok(reply);
            };
            let header = (name.to_owned(), value.trim().to_owned());
            reply.headers.push(header);
        }
    }

    /// The next part of an answer that comes in parts; none after the last.
    pub(crate) fn part(&mut self) -> io::Result<Option<Vec<u8>>> {
        let stream = self.under_way()?;
        let length = usize::from_str_radix(&line(stream)?, 16).map_err(io::Error::other)?;
        let mut part = vec![0; length];
        stream.read_exact(&mut part)?;
        line(stream)?;
        Ok((length > 0).then_some(part))
    }

    /// A second hand on the connection, to send while the answer is read.
    pub(crate) fn sender(&mut self) -> io::Result<Self> {
        let stream = self.under_way()?.get_ref().try_clone()?;
        Ok(Self {
            address: self.address,
            authorization: self.authorization.clone(),
            request_id: self.request_id.clone(),
            kept: Some((BufReader::new(stream), Stopwatch::start())),
        })
    }
}

/// A line without its end.
fn line(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}
