/** The command line: options, help, what is printed, and the main classes. */
package io.tokenreel.cli;
