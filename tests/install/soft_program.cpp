// soft_program: does nothing, and is built with everything that the hardening test forbids.
// SPDX-License-Identifier: Apache-2.0
int main() {
  return 0;
}
