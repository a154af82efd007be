//! What is known of each connection: whether a request is under way on it, or since when none is. A client that neither
//! takes its answer nor sends the next request whole holds a connection for no longer than it is allowed; while the
//! service drains, every answer says that it was the last.

use std::any::Any;
use std::cell::{Cell, OnceCell};
use std::net::Shutdown;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::body::BoxBody;
use actix_web::dev::{Extensions, ServiceRequest, ServiceResponse};
use actix_web::http::ConnectionType;
use actix_web::middleware::Next;
use actix_web::rt::net::TcpStream;
use actix_web::web::Data;
use actix_web::{Error, rt};
use socket2::{SockRef, Socket};
use tokio::task::AbortHandle;

use super::shared::Shared;
use crate::clock::Stopwatch;

/// How many connections there are.
#[derive(Debug, Clone, Default)]
pub(super) struct Open(Arc<AtomicUsize>);

/// A connection, as long as it is there.
pub(super) struct Connection {
    /// Another handle of it, by which it can be ended.
    socket: Socket,
    under_way: Cell<usize>,
    /// Since when nothing is under way.
    idle: Cell<Stopwatch>,
    watcher: OnceCell<AbortHandle>,
    open: Open,
}

/// A request that is under way.
pub(super) struct UnderWay(Rc<Connection>);

impl Open {
    pub(super) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Notes a connection that was made, and watches it: nothing is under way on it for no longer than that.
    pub(super) fn note(&self, made: &dyn Any, extensions: &mut Extensions, patience: Duration) {
        // Without another handle, which is for want of room, nobody watches it.
        let Some(Ok(socket)) = tcp(made).map(|stream| SockRef::from(stream).try_clone()) else {
            return;
        };
        self.0.fetch_add(1, Ordering::Relaxed);
        let connection = Rc::new(Connection {
            socket,
            under_way: Cell::new(0),
            idle: Cell::new(Stopwatch::start()),
            watcher: OnceCell::new(),
            open: self.clone(),
        });
        let watcher = rt::spawn(watch(Rc::downgrade(&connection), patience));
        let _ = connection.watcher.set(watcher.abort_handle());
        extensions.insert(connection);
    }
}

fn tcp(made: &dyn Any) -> Option<&TcpStream> {
    let secured = made.downcast_ref::<TlsStream<TcpStream>>();
    let secured = secured.map(|stream| stream.get_ref().0);
    secured.or_else(|| made.downcast_ref())
}

impl Connection {
    /// A request begins.
    pub(super) fn begin(self: &Rc<Self>) -> UnderWay {
        self.under_way.set(self.under_way.get() + 1);
        UnderWay(Rc::clone(self))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let Self(connection) = self;
        connection.idle.set(Stopwatch::start());
        connection.under_way.set(connection.under_way.get() - 1);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.open.0.fetch_sub(1, Ordering::Relaxed);
        if let Some(watcher) = self.watcher.get() {
            watcher.abort();
        }
    }
}

/// Ends a connection on which nothing has been under way for too long.
async fn watch(connection: Weak<Connection>, patience: Duration) {
    loop {
        let Some(connection) = connection.upgrade() else {
            return;
        };
        let left = match connection.under_way.get() {
            0 => patience.saturating_sub(connection.idle.get().elapsed()),
            _ => patience,
        };
        if left.is_zero() {
            // Whoever reads or writes on it is told.
            let _ = connection.socket.shutdown(Shutdown::Both);
            return;
        }
        drop(connection);
        rt::time::sleep(left).await;
    }
}

/// Notes a request on its connection, and says with its answer whether another may come.
pub(super) async fn see(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let connection = request.conn_data::<Rc<Connection>>();
    let _under_way = connection.map(Connection::begin);
    let shared = request.app_data::<Data<Shared>>().cloned();
    let mut answer = next.call(request).await?;
    if shared.is_some_and(|shared| shared.is_draining()) {
        let head = answer.response_mut().head_mut();
        head.set_connection_type(ConnectionType::Close);
    }
    Ok(answer)
}
