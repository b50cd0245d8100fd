//! Names and their values while a template is rendered.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use crate::value::{Value, let_go};

/// Names with values, within those of an outer scope.
#[derive(Clone)]
pub(crate) struct Scope(Rc<Frame>);

struct Frame {
    names: RefCell<HashMap<String, Value>>,
    outer: Option<Scope>,
    /// What is set here changes no outer scope.
    is_closed: bool,
}

impl Drop for Frame {
    fn drop(&mut self) {
        let_go(self.names.get_mut().drain().map(|(_, value)| value));
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Scope")
    }
}

impl Scope {
    pub(super) fn new(outer: Option<Self>, is_closed: bool) -> Self {
        Self(Rc::new(Frame {
            names: RefCell::default(),
            outer,
            is_closed,
        }))
    }

    pub(super) fn get(&self, name: &str) -> Option<Value> {
        let found = self.0.names.borrow().get(name).cloned();
        found.or_else(|| self.0.outer.as_ref()?.get(name))
    }

    pub(super) fn put(&self, name: &str, value: Value) {
        self.0.names.borrow_mut().insert(name.to_owned(), value);
    }

    /// Changes a name where it is known, else makes it known here.
    pub(super) fn set(&self, name: &str, value: Value) {
        let mut scope = self;
        loop {
            if scope.0.names.borrow().contains_key(name) {
                return scope.put(name, value);
            }
            match &scope.0.outer {
                Some(outer) if !scope.0.is_closed => scope = outer,
                _ => break,
            }
        }
        self.put(name, value);
    }

    pub(super) fn is_top(&self) -> bool {
        self.0.outer.is_none() && !self.0.is_closed
    }
}
