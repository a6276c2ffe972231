// SPDX-License-Identifier: GPL-2.0

// A client that hands its keys to the kernel itself: crypto/tls makes the
// handshake and never uses kTLS. TLS 1.3 with AES-128-GCM.
//
//	usage: send [-read] ADDRESS <DATA
//
// Sends DATA and a close_notify. With -read the kernel gets the receiving key as
// well, and what the server says goes to stdout, read without room for the type of a
// record: a mistake that programs make.
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"unsafe"
)

const (
	tcpULP        = 31
	solTLS        = 282
	tlsTX         = 1
	tlsRX         = 2
	setRecordType = 1
	aesGCM128     = 51
	alert         = 21
)

func check(what string, err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "send: %s: %v\n", what, err)
		os.Exit(1)
	}
}

// secret finds a secret in the lines that crypto/tls logs.
func secret(keyLog, name string) []byte {
	for _, line := range strings.Split(keyLog, "\n") {
		if f := strings.Fields(line); len(f) == 3 && f[0] == name {
			s, err := hex.DecodeString(f[2])
			check(name, err)
			return s
		}
	}
	check(name, fmt.Errorf("not in the key log"))
	return nil
}

// expand is HKDF-Expand-Label of RFC 8446 7.1, for results of up to 32 bytes.
func expand(secret []byte, label string, size int) []byte {
	mac := hmac.New(sha256.New, secret)
	label = "tls13 " + label
	mac.Write([]byte{0, byte(size), byte(len(label))})
	mac.Write([]byte(label))
	mac.Write([]byte{0, 1})
	return mac.Sum(nil)[:size]
}

// info is a struct tls12_crypto_info_aes_gcm_128.
func info(secret []byte) string {
	key, iv := expand(secret, "key", 16), expand(secret, "iv", 12)
	b := binary.LittleEndian.AppendUint16(nil, tls.VersionTLS13)
	b = binary.LittleEndian.AppendUint16(b, aesGCM128)
	b = append(b, iv[4:]...)
	b = append(b, key...)
	b = append(b, iv[:4]...)
	return string(append(b, make([]byte, 8)...))
}

// closeNotify is a record of its own type: it takes a control message.
func closeNotify(fd int) error {
	control := make([]byte, syscall.CmsgSpace(1))
	header := (*syscall.Cmsghdr)(unsafe.Pointer(&control[0]))
	header.Level = solTLS
	header.Type = setRecordType
	header.SetLen(syscall.CmsgLen(1))
	control[syscall.CmsgLen(0)] = alert
	return syscall.Sendmsg(fd, []byte{1, 0}, control, nil, 0)
}

func main() {
	args := os.Args[1:]
	read := len(args) > 0 && args[0] == "-read"
	if read {
		args = args[1:]
	}
	if len(args) != 1 {
		check("usage", fmt.Errorf("send [-read] ADDRESS"))
	}

	var keyLog bytes.Buffer
	conn, err := net.Dial("tcp", args[0])
	check("connect", err)
	check("handshake", tls.Client(conn, &tls.Config{
		InsecureSkipVerify: true,
		MinVersion:         tls.VersionTLS13,
		KeyLogWriter:       &keyLog,
	}).Handshake())

	tcp := conn.(*net.TCPConn)
	raw, err := tcp.SyscallConn()
	check("socket", err)
	control := func(what string, f func(fd int) error) {
		var result error
		check(what, raw.Control(func(fd uintptr) { result = f(int(fd)) }))
		check(what, result)
	}
	control("keys", func(fd int) error {
		err := syscall.SetsockoptString(fd, syscall.IPPROTO_TCP, tcpULP, "tls")
		if err == nil {
			err = syscall.SetsockoptString(fd, solTLS, tlsTX,
				info(secret(keyLog.String(), "CLIENT_TRAFFIC_SECRET_0")))
		}
		if err == nil && read {
			err = syscall.SetsockoptString(fd, solTLS, tlsRX,
				info(secret(keyLog.String(), "SERVER_TRAFFIC_SECRET_0")))
		}
		return err
	})

	// From a file this is sendfile().
	_, err = io.Copy(tcp, os.Stdin)
	check("send", err)
	if read {
		_, err = io.Copy(os.Stdout, tcp)
		check("read", err)
	}
	control("close_notify", closeNotify)
	// To close with something unread, such as session tickets, would reset the
	// connection, and what is on its way would be lost.
	check("close", tcp.CloseWrite())
	if !read {
		_, err = io.Copy(io.Discard, tcp)
		check("end", err)
	}
	check("close", tcp.Close())
}
