// Verifies a log with the packages that verify Go's own modules, golang.org/x/mod/sumdb/note and tlog.
//
// verify VKEY DIRECTORY < PROOFS
//
// DIRECTORY holds a log: a signed checkpoint and its tiles. The note is opened with the verifier key, the tiles are
// read through tlog.TileHashReader, which authenticates each against the root, and every entry and every earlier size
// is proved from them. Then each line of PROOFS is checked, and answered with "ok" or "refused":
//
//	inclusion INDEX LEAF [HASH...]
//	consistency SIZE ROOT [HASH...]
//
// Hashes are hexadecimal. Exit code 1: the log itself is refused.
package main

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

// directory reads tiles from files. In the paths of tlog the height comes after "tile"; C2SP's tiles are all of height
// 8, and their paths do not say so.
type directory string

func (d directory) Height() int { return height }

func (d directory) SaveTiles([]tlog.Tile, [][]byte) {}

func (d directory) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	all := make([][]byte, len(tiles))
	for i, tile := range tiles {
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1)
		data, err := os.ReadFile(filepath.Join(string(d), filepath.FromSlash(path)))
		if err != nil {
			return nil, err
		}
		all[i] = data
	}
	return all, nil
}

// readTree opens the checkpoint; of its text the first three lines count: origin, size, root.
func readTree(vkey, path string) (tree tlog.Tree, err error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tree, err
	}
	data, err := os.ReadFile(filepath.Join(path, "checkpoint"))
	if err != nil {
		return tree, err
	}
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return tree, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tree, errors.New("the note is not a checkpoint of " + verifier.Name())
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, err
}

// checkEntries proves each entry from the tiles, after hashing it from its bundle.
func checkEntries(path string, tree tlog.Tree, reader tlog.HashReader) error {
	for n := int64(0); n < tree.N; n += 1 << height {
		tile := tlog.Tile{H: height, L: 0, N: n >> height, W: 1 << height}
		if tree.N-n < 1<<height {
			tile.W = int(tree.N - n)
		}
		name := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/0/", height), "tile/entries/", 1)
		data, err := os.ReadFile(filepath.Join(path, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		for i := n; i < n+int64(tile.W); i++ {
			if len(data) < 2 || len(data) < 2+int(data[0])<<8+int(data[1]) {
				return fmt.Errorf("%s ends inside entry %d", name, i)
			}
			length := int(data[0])<<8 + int(data[1])
			proof, err := tlog.ProveRecord(tree.N, i, reader)
			if err != nil {
				return err
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, i, tlog.RecordHash(data[2:2+length])); err != nil {
				return fmt.Errorf("entry %d: %v", i, err)
			}
			data = data[2+length:]
		}
		if len(data) != 0 {
			return fmt.Errorf("%s goes on after its entries", name)
		}
	}
	return nil
}

// checkSizes proves that the tree continues each of its beginnings.
func checkSizes(tree tlog.Tree, reader tlog.HashReader) error {
	for n := int64(1); n <= tree.N; n++ {
		earlier, err := tlog.TreeHash(n, reader)
		if err != nil {
			return err
		}
		proof, err := tlog.ProveTree(tree.N, n, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, n, earlier); err != nil {
			return fmt.Errorf("size %d: %v", n, err)
		}
	}
	return nil
}

func parseHashes(words []string) (hashes []tlog.Hash, err error) {
	for _, word := range words {
		data, err := hex.DecodeString(word)
		if err != nil || len(data) != tlog.HashSize {
			return nil, errors.New("not a hash: " + word)
		}
		var hash tlog.Hash
		copy(hash[:], data)
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

func checkProof(words []string, tree tlog.Tree) error {
	if len(words) < 3 {
		return errors.New("too few words")
	}
	n, err := strconv.ParseInt(words[1], 10, 64)
	if err != nil || n < 0 {
		return errors.New("not a number: " + words[1])
	}
	hashes, err := parseHashes(words[2:])
	if err != nil {
		return err
	}
	switch words[0] {
	case "inclusion":
		if n >= tree.N {
			return errors.New("no such entry")
		}
		return tlog.CheckRecord(tlog.RecordProof(hashes[1:]), tree.N, tree.Hash, n, hashes[0])
	case "consistency":
		if n < 1 || n > tree.N {
			return errors.New("no such size")
		}
		return tlog.CheckTree(tlog.TreeProof(hashes[1:]), tree.N, tree.Hash, n, hashes[0])
	}
	return errors.New("neither inclusion nor consistency: " + words[0])
}

func run(vkey, path string) error {
	tree, err := readTree(vkey, path)
	if err != nil {
		return err
	}
	reader := tlog.TileHashReader(tree, directory(path))
	if err := checkEntries(path, tree, reader); err != nil {
		return err
	}
	if err := checkSizes(tree, reader); err != nil {
		return err
	}
	fmt.Printf("log %d %x\n", tree.N, tree.Hash[:])
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if err := checkProof(strings.Fields(lines.Text()), tree); err != nil {
			fmt.Println("refused", err)
		} else {
			fmt.Println("ok")
		}
	}
	return lines.Err()
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: verify VKEY DIRECTORY < PROOFS")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
