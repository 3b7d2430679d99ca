import fc from 'fast-check'

// The first case that fails kills a mutant: nobody reads the smallest one.
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true })
