//! Turns one raw document into a validated entity. Pure but for the placeholders it reads.
