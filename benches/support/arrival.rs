//! When an answer has come: when the system had its last bytes. A generator that wants for a processor, because the
//! service has it, looks at them late; that does not make the answer late.

use std::io::{self, IoSliceMut};
use std::os::fd::AsRawFd as _;
use std::time::Duration;

use greenlane::clock::now_micros;
use nix::cmsg_space;
use nix::sys::socket::sockopt::Timestamping;
use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, TimestampingFlag, Timestamps, recvmsg, setsockopt,
};
use nix::sys::time::TimeSpec;
use tokio::io::Interest;
use tokio::net::TcpStream;

/// Reads what comes over a connection, and when it came.
pub(crate) struct Arrivals {
    room: Vec<u8>,
    /// When the last of what was read had come: microseconds since 1970.
    pub(crate) last: i64,
}

impl Arrivals {
    /// Has the system note when something comes over a connection.
    pub(crate) fn of(stream: &TcpStream) -> io::Result<Self> {
        let flags = TimestampingFlag::SOF_TIMESTAMPING_SOFTWARE
            | TimestampingFlag::SOF_TIMESTAMPING_RX_SOFTWARE;
        setsockopt(stream, Timestamping, &flags)?;
        Ok(Self {
            room: cmsg_space!(Timestamps),
            last: 0,
        })
    }

    /// Reads what is there: how many bytes, 0 at the end.
    pub(crate) fn try_read(&mut self, stream: &TcpStream, into: &mut [u8]) -> io::Result<usize> {
        stream.try_io(Interest::READABLE, || {
            let mut into = [IoSliceMut::new(into)];
            let (room, flags) = (Some(self.room.as_mut_slice()), MsgFlags::empty());
            let read = recvmsg::<()>(stream.as_raw_fd(), &mut into, room, flags)?;
            let stamp = read.cmsgs()?.find_map(|message| match message {
                ControlMessageOwned::ScmTimestampsns(stamps) => Some(micros(stamps.system)),
                _ => None,
            });
            // What comes while the system begins to note it has none.
            self.last = stamp.unwrap_or_else(now_micros);
            Ok(read.bytes)
        })
    }
}

fn micros(stamp: TimeSpec) -> i64 {
    let since = Duration::from(stamp);
    i64::try_from(since.as_micros()).expect("a time of today")
}
