package ipp

import (
	"errors"

	"akashi/printer"
)

// Why an exchange with a printer failed. None of them holds bytes that the
// printer sent.
var (
	ErrLine     = errors.New("ipp: the printer's line is down; look at its cable and power")
	ErrSlow     = errors.New("ipp: the printer took too long to answer")
	ErrPin      = errors.New("ipp: the printer's certificate is not the pinned one; nothing was sent")
	ErrTLS      = errors.New("ipp: the printer's line could not be encrypted; nothing was sent")
	ErrHTTP     = errors.New("ipp: the printer's answer is no HTTP answer with an IPP message")
	ErrMessage  = errors.New("ipp: the printer's answer is no IPP message in its one form")
	ErrSize     = errors.New("ipp: the printer's answer is larger than one can be")
	ErrAnswer   = errors.New("ipp: the printer answered something else than it was asked")
	ErrRefused  = errors.New("ipp: the printer refused the request")
	ErrUnsuited = errors.New("ipp: the printer does not take A4 PDF on one side in so many copies")
	ErrBusy     = errors.New("ipp: the printer has another's job")
	ErrStopped  = errors.New("ipp: the printer is stopped")
	ErrEnded    = errors.New("ipp: the printer ended the job before it was done")
	ErrDoubt    = errors.New("ipp: the printer says that the job is done, but not that it came out well")
	ErrGaveUp   = errors.New("ipp: the job was not done in time; the printer was told to cancel it")
)

// kinds maps what went wrong with the line to what the fleet is told.
var kinds = []struct {
	err   error
	fault printer.Fault
}{
	{ErrPin, printer.Untrusted}, {ErrTLS, printer.Untrusted},
	{ErrHTTP, printer.Malformed}, {ErrMessage, printer.Malformed}, {ErrSize, printer.Malformed}, {ErrAnswer, printer.Malformed},
	{ErrLine, printer.Unreachable}, {ErrSlow, printer.Unreachable},
	{ErrUnsuited, printer.Unsuited}, {ErrBusy, printer.Busy},
}

// faulty makes an error of the line one of the printer contract; one that is
// so already stays.
func faulty(err error) error {
	var own *printer.Error
	if err == nil || errors.As(err, &own) {
		return err
	}
	for _, k := range kinds {
		if errors.Is(err, k.err) {
			return &printer.Error{Fault: k.fault, Cause: err}
		}
	}
	return &printer.Error{Fault: printer.OtherFault, Cause: err}
}
